"""The newest advertisement of each Victron device: written by the Bluetooth interrupt, read by the main task.

The handler runs in another task (NimBLE's) and either side may be stopped between any two bytecodes.
Hence no lock, and every number has one writer only:

* `_version` is the handler's. It is odd while a slot is being written and rises by 2 with each new
  nonce. The reader copies, then looks whether the version is still the same and even; if not, what it
  copied is torn and it tries again in the next round.
* `_taken` is the reader's: the version it has copied. A slot is unsent while the two differ, and half
  the difference is the number of readings since then, so `replaced` is counted exactly and without a race.

`hear` allocates nothing: all integers stay below 2**30, all memory exists from the start.
"""

import time
from array import array

from node.age import age_ms
from node.borrowed import seldom
from protocol.advertisement import (
    LATE,
    MAX_LENGTH,
    MIN_LENGTH,
    REPEAT,
    accepts,
    find,
    judge_nonce,
    nonce,
)

SLOTS = 24
# A device silent for so long may lose its slot to a new one: what a slot remembers counts no longer (nonce rule).
FREE_AFTER_MS = 60_000


class Advert:
    """The reader's copy of one slot; reused for every slot in turn."""

    def __init__(self) -> None:
        self.slot = 0
        self.mac = bytearray(6)
        self.md = bytearray(MAX_LENGTH)
        self.length = 0
        self.rssi = 0
        self.age_ms = 0


class AdvertTable:
    """Preallocated slots, one for each address."""

    def __init__(self) -> None:
        self._used = 0
        # the address as two 24-bit numbers: one comparison instead of six
        self._high = array("i", [0] * SLOTS)
        self._low = array("i", [0] * SLOTS)
        self._heard = array("i", [0] * SLOTS)  # ticks of the newest copy
        self._nonce = array("H", [0] * SLOTS)
        self._rssi = array("b", [0] * SLOTS)
        self._length = bytearray(SLOTS)
        self._version = array("i", [0] * SLOTS)
        self._md = bytearray(SLOTS * MAX_LENGTH)
        self._header = bytearray(MIN_LENGTH)
        self._taken = array("i", [0] * SLOTS)
        # the handler's counters
        self.seen = 0
        self.repeats = 0
        self.late = 0
        self.dropped = 0
        self.not_allowed = 0
        # the reader's
        self._allowed = None  # (first halves, second halves) of the addresses to relay; None: all
        self.replaced = 0

    # the handler's side

    def hear(self, address, rssi: int, advertisement) -> None:
        """Take one advertisement in the air, whatever it is."""
        found = find(advertisement)
        start = found >> 8
        length = found & 0xFF
        if not MIN_LENGTH <= length <= MAX_LENGTH:
            return
        header = self._header
        for index in range(MIN_LENGTH):
            header[index] = advertisement[start + index]
        if not accepts(header):
            return
        high = address[0] << 16 | address[1] << 8 | address[2]
        low = address[3] << 16 | address[4] << 8 | address[5]
        allowed = self._allowed  # once: the other side may take the list away
        if allowed and not _is_among(allowed, high, low):
            self.not_allowed += 1
            return
        now = time.ticks_ms()
        slot = self._slot_of(high, low)
        if slot >= 0:
            verdict = judge_nonce(self._nonce[slot], nonce(header), self._silence(slot, now))
            if verdict == REPEAT:
                self.repeats += 1
                self._heard[slot] = now
                self._rssi[slot] = rssi
                return
            if verdict == LATE:
                self.late += 1
                return
        else:
            slot = self._free_slot(now)
            if slot < 0:
                self.dropped += 1
                return
        self._version[slot] += 1
        self._high[slot] = high
        self._low[slot] = low
        self._nonce[slot] = nonce(header)
        self._heard[slot] = now
        self._rssi[slot] = rssi
        self._length[slot] = length
        first = slot * MAX_LENGTH
        for index in range(length):
            self._md[first + index] = advertisement[start + index]
        self._version[slot] = (self._version[slot] + 1) & 0x3FFFFFFF
        self.seen += 1

    def _slot_of(self, high: int, low: int) -> int:
        """Return the slot of an address, -1 if it has none."""
        for slot in range(self._used):
            if self._low[slot] == low and self._high[slot] == high:
                return slot
        return -1

    def _free_slot(self, now: int) -> int:
        """Return a slot for a new address: an empty one, or the one silent longest; else -1."""
        if self._used < SLOTS:
            self._used += 1
            return self._used - 1
        longest = FREE_AFTER_MS
        found = -1
        for slot in range(SLOTS):
            silence = self._silence(slot, now)
            if silence > longest:
                longest = silence
                found = slot
        return found

    def _silence(self, slot: int, now: int) -> int:
        """Return how long a slot's device has been silent."""
        return age_ms(self._heard[slot], now)

    # the reader's side

    @seldom
    def allow(self, macs) -> None:
        """Relay only these addresses from now on; all of them when there are none."""
        highs = array("i")
        lows = array("i")
        for mac in macs:
            highs.append(mac[0] << 16 | mac[1] << 8 | mac[2])
            lows.append(mac[3] << 16 | mac[4] << 8 | mac[5])
        # in one step: the handler sees the old pair or the new one
        self._allowed = (highs, lows) if macs else None

    def __len__(self) -> int:
        """Return how many slots are in use."""
        return self._used

    @property
    @seldom
    def unsent(self) -> int:
        """Return how many readings are in no frame yet, with those that newer ones have replaced since."""
        found = 0
        for slot in range(self._used):
            found += ((self._version[slot] - self._taken[slot]) & 0x3FFFFFFF) >> 1
        return found

    def take(self, slot: int, advert: Advert) -> bool:
        """Copy a slot that holds something unsent; False if it does not, or is being written."""
        version = self._version[slot]
        before = self._taken[slot]
        if version == before or version & 1:
            return False
        advert.slot = slot
        _write_address(advert.mac, self._high[slot], self._low[slot])
        first = slot * MAX_LENGTH
        advert.md[:] = self._md[first : first + MAX_LENGTH]
        advert.length = self._length[slot]
        advert.rssi = self._rssi[slot]
        advert.age_ms = self._silence(slot, time.ticks_ms())
        if self._version[slot] != version:
            return False  # torn: the handler came in between
        self._taken[slot] = version
        self.replaced += (((version - before) & 0x3FFFFFFF) >> 1) - 1
        return True

    def give_back(self, slot: int) -> None:
        """Undo a take whose frame nobody received: it goes again unless something newer is there."""
        self._taken[slot] = (self._taken[slot] - 2) & 0x3FFFFFFF


def _is_among(allowed: tuple, high: int, low: int) -> bool:
    """Tell whether an address is on the list; allocates nothing."""
    highs, lows = allowed
    for index in range(len(lows)):  # noqa: SIM110  (any() would allocate a generator)
        if lows[index] == low and highs[index] == high:
            return True
    return False


def _write_address(mac: bytearray, high: int, low: int) -> None:
    for index in range(3):
        shift = 16 - 8 * index
        mac[index] = high >> shift & 0xFF
        mac[3 + index] = low >> shift & 0xFF
