"""What somebody took note of, in flash, so that it does not ring again after a restart.

In memory only while there is such an alarm. A note goes with the first finding that all is well.
"""

from display.alarm_rules import TEST
from display.alarms import ACKNOWLEDGED, CLEARED, MASKS, MOST_ALARMS
from node import json_file
from node.mac_text import plain

PATH = "acknowledged.json"


class Notes:
    """Values by "C03D5A89A301 soc_low", as they were when somebody took note."""

    def __init__(self) -> None:
        self._values, self.problem = json_file.load(PATH)
        self.changed = False

    def take(self, alarms: list) -> None:
        """Note alarms that somebody has acknowledged."""
        for alarm in alarms:
            if alarm.kind == TEST:
                continue
            while len(self._values) >= MOST_ALARMS:
                self._values.popitem()
            self._values[_name(alarm.mac, alarm.kind)] = alarm.value
            self.changed = True

    def follow(self, alarm, was_active: bool) -> None:
        """Silence an alarm that was raised just now and is known; drop the note of one that is over."""
        if alarm.state == CLEARED:
            self.drop(alarm.mac, alarm.kind)
        elif alarm.active and not was_active and self._covers(alarm):
            alarm.state = ACKNOWLEDGED

    def drop(self, mac: bytes, kind: str = "") -> None:
        """Drop one note of a device, or all of them."""
        for name in [one for one in self._values if one.startswith(_name(mac, kind))]:
            del self._values[name]
            self.changed = True

    def keep(self, log) -> None:
        """Write them down; flash that takes none costs only that it rings again."""
        self.changed = False
        try:
            json_file.save(PATH, self._values)
        except OSError as error:
            log.fault("alarms", error)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._values)

    def _covers(self, alarm) -> bool:
        """Tell whether somebody took note of just this: of each bit, of this code."""
        noted = self._values.get(_name(alarm.mac, alarm.kind))
        if noted is None:
            return False
        if alarm.kind in MASKS:
            return isinstance(noted, int) and not alarm.value & ~noted
        return alarm.limit is not None or noted == alarm.value


def _name(mac: bytes, kind: str) -> str:
    return plain(mac) + " " + kind
