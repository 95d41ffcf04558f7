"""Which alarms there are, from the first suspicion until the host knows that it is over.

A finding counts when two readings agree and it has lasted a while: neither a garbled reading nor a pump
that starts rings the buzzer. It is over only when the value is well back, for a while as well.
Times are seconds since the start: milliseconds would come round in a voyage of two weeks.
"""

from display.alarm_rules import CRITICAL, FINE, NO_DATA, TEST, WARNING, WRONG, number
from node.borrowed import seldom
from node.mac_text import plain

PENDING, RAISED, ACKNOWLEDGED, CLEARED = "pending", "raised", "acknowledged", "cleared"
MOST_ALARMS = 32
TEST_S = 10
SUSPECTED_S = 600

# kind: seconds before it is raised, seconds before it is cleared
_HOLD = {
    "soc_low": (10, 10),
    "soc_critical": (10, 10),
    "voltage_low": (60, 10),  # an inverter or a winch may pull it down for so long
    "voltage_high": (10, 10),
    NO_DATA: (15, 0),  # silence has its own time; and who was out of touch may report first
}
_HOLD_OTHERS = (3, 10)
MASKS = ("device_alarm", "device_warning")  # bits that join; the other flags are codes that change


class Alarm:
    """One thing that is, or may be, wrong with one device."""

    @seldom
    def __init__(self, mac: bytes, kind: str, severity: str, value, limit, now: int) -> None:
        self.mac = mac
        self.kind = kind
        self.severity = severity
        self.value = value  # of no_data: whose silence it is
        self.limit = limit
        self.state = PENDING
        self.since = now  # raised; before that, suspected
        self.told = True
        self._turned = (
            now  # since when the readings speak against the present state; None: they do not
        )

    @property
    def active(self) -> bool:
        """Tell whether people should know."""
        return self.state in (RAISED, ACKNOWLEDGED)

    def is_over(self, now: int) -> bool:
        """Tell whether it may give way to another."""
        if self.state == PENDING:
            return now - self.since > SUSPECTED_S
        return self.state == CLEARED

    def enter(self, state: str) -> None:
        """Take a state that the host has to hear of."""
        self.state = state
        self.told = False

    @seldom
    def take(self, verdict: int, value, limit, now: int) -> None:
        """Go on with the next reading's finding."""
        if verdict == WRONG:
            self._note(value)
            self.limit = limit
        wanted = WRONG if self.state == PENDING else FINE
        if verdict != wanted:
            self._turned = None
            return
        if self._turned is None:
            self._turned = now  # one reading alone proves nothing
            return
        if now - self._turned < _HOLD.get(self.kind, _HOLD_OTHERS)[self.active]:
            return
        self._turned = None
        if self.active:
            self.enter(CLEARED)
            return
        self.since = now
        self.enter(RAISED)

    @seldom
    def _note(self, value) -> None:
        """Keep the newest value; what an acknowledgement did not cover rings again."""
        if self.kind in MASKS:
            is_news = value & ~self.value
            value |= self.value
        else:
            is_news = self.limit is None and value != self.value
        self.value = value
        if is_news and self.active:
            self.enter(RAISED)

    @seldom
    def line(self, now: int) -> dict:
        """Return its serial line."""
        fields = {
            "mac": plain(self.mac),
            "kind": self.kind,
            "severity": self.severity,
            "state": self.state,
            "since": now - self.since,
        }
        if self.kind == NO_DATA:
            fields["cause"] = self.value
        elif self.value is not None:
            fields["value"] = number(self.kind, self.value)
        if self.limit is not None:
            fields["limit"] = number(self.kind, self.limit)
        return fields


class Alarms:
    """All of them, bounded."""

    def __init__(self) -> None:
        self._alarms = []
        self.notes = (
            None  # of what somebody acknowledged (display/notes.py); None when there are none
        )
        self.overflown = 0

    def take(self, mac: bytes, finding: tuple, now: int) -> None:
        """Take what one reading says about one kind of alarm."""
        kind, severity, verdict, value, limit = finding
        alarm = self._of(mac, kind)
        if alarm:
            self._go_on(alarm, verdict, value, limit, now)
        elif verdict == WRONG:
            self._add(Alarm(mac, kind, severity, value, limit, now), now)
        elif verdict == FINE and self.notes:
            self.notes.drop(mac, kind)

    @seldom
    def _go_on(self, alarm, verdict: int, value, limit, now: int) -> None:
        """Let an alarm take what the next reading says."""
        if alarm.state == PENDING and verdict != WRONG:
            self._alarms.remove(alarm)
            return
        was_active = alarm.active
        alarm.take(verdict, value, limit, now)
        if self.notes:
            self.notes.follow(alarm, was_active)

    @seldom
    def test(self, mac: bytes, severity: str, now: int) -> None:
        """Raise an alarm that means nothing; it goes by itself."""
        alarm = self._of(mac, TEST)
        if alarm is None:
            alarm = Alarm(mac, TEST, severity, None, None, now)
            self._add(alarm, now)
        alarm.severity = severity
        alarm.since = now
        alarm.enter(RAISED)

    def end_test(self, now: int) -> None:
        """Clear a test alarm that has rung long enough."""
        for alarm in self._alarms:
            if alarm.kind == TEST and alarm.active and now - alarm.since >= TEST_S:
                alarm.enter(CLEARED)

    @seldom
    def acknowledge(self, mac=None) -> list:
        """Acknowledge everything that is raised, or one device's; return what that was."""
        found = [one for one in self._alarms if one.state == RAISED and mac in (None, one.mac)]
        for alarm in found:
            alarm.enter(ACKNOWLEDGED)
        return found

    @seldom
    def forget(self, mac: bytes) -> None:
        """Clear everything of a device that is no longer ours."""
        for alarm in self._alarms:
            if alarm.mac == mac and alarm.active:
                alarm.enter(CLEARED)
        self._alarms = [one for one in self._alarms if one.state != PENDING or one.mac != mac]
        if self.notes:
            self.notes.drop(mac)

    def active(self) -> list:
        """Return those that people should know of: unacknowledged first, critical first, newest first."""
        found = [one for one in self._alarms if one.active]
        found.sort(key=lambda one: (one.state != RAISED, one.severity != CRITICAL, -one.since))
        return found

    @seldom
    def loudest(self) -> str:
        """Return the worst severity that nobody has acknowledged, "" when all is quiet."""
        severities = [one.severity for one in self._alarms if one.state == RAISED]
        return CRITICAL if CRITICAL in severities else WARNING if severities else ""

    def untold(self) -> list:
        """Return those whose state the host has not heard of."""
        return [one for one in self._alarms if not one.told]

    @seldom
    def tell(self, alarm) -> None:
        """Note that the host has been told; what is over is then gone."""
        alarm.told = True
        if alarm.state == CLEARED:
            self._alarms.remove(alarm)

    def _of(self, mac: bytes, kind: str):
        for alarm in self._alarms:
            if alarm.kind == kind and alarm.mac == mac and alarm.state != CLEARED:
                return alarm
        return None

    @seldom
    def _add(self, alarm, now: int) -> None:
        """Keep one more if there is room.

        A suspicion that nothing follows gives way, a fresh one does not: many at once would push each other out
        for ever.
        """
        if len(self._alarms) >= MOST_ALARMS:
            self.overflown += 1
            gone = [one for one in self._alarms if one.is_over(now)]
            if not gone:
                return
            self._alarms.remove(gone[0])
        self._alarms.append(alarm)
