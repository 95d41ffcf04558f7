"""Lets frames prove a key before anything is shown or rings by it; in memory only while one is in doubt."""

from display.key_store import prove
from display.keys import UNPROVED, WRONG
from protocol.instant_readout import check
from protocol.judging import Judge

MOST_FRAMES = 16  # a right key needs five at most, however little its device has to say


class Prover:
    """A judge for each key in doubt; one that stays unproved is taken for wrong until the next start."""

    def __init__(self, keys, log) -> None:
        self._keys = keys
        self._log = log
        self._judges = {}  # MAC -> (judge, frames it has seen)

    def take(self, devices: list) -> None:
        """Let the newest frames of devices count, each of which has to fit its key's check byte."""
        keys = self._keys
        proved = []
        for device in devices:
            key = keys.key_of(device.mac)
            judge, frames = self._judges.get(device.mac, (None, 0))
            if judge is None or judge.key != key:
                judge, frames = Judge(key), 0
            judge.weigh(check(device.md)[0], device.md)
            frames += 1
            self._judges[device.mac] = (judge, frames)
            if judge.verdict == "right":
                proved.append(device.mac)
            elif frames >= MOST_FRAMES:
                keys.doubts[device.mac] = WRONG
        for mac in list(self._judges):
            if keys.doubts.get(mac) != UNPROVED or mac in proved:
                del self._judges[mac]
        if proved:
            try:
                prove(keys, proved)
            except OSError as error:  # believed all the same until the next start
                self._log.fault("keys", error)

    @property
    def at_rest(self) -> bool:
        """Tell whether all that was heard of is decided."""
        return not self._judges
