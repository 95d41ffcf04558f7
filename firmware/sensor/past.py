"""What a sensor node must not forget in deep sleep or over a restart, and never writes to flash."""

import struct

from node.borrowed import seldom

VERSION = 1
LAYOUT = "<BIIIIIIH"
MOST_RESULT = 24


class Past:
    """The newest order and its result; for deep sleep, sequence, counters and how long nothing proved itself."""

    def __init__(self, kept, woke: bool) -> None:
        self._kept = kept
        self.order = 0
        self.result = ""
        self.sequence = 0
        self.counters = (0, 0, 0, 0)  # seen, replaced, sent, dropped up to the last sleep
        self.unproved_s = 0
        data = kept.role_data
        size = struct.calcsize(LAYOUT)
        if len(data) < size or data[0] != VERSION:
            return
        _, self.order, sequence, a, b, c, d, unproved_s = struct.unpack_from(LAYOUT, data)
        try:
            self.result = data[size:].decode()
        except UnicodeError:  # of another firmware: it costs only itself
            pass
        if woke:  # else a new epoch has begun, and with it everything counts from 0
            self.sequence = sequence
            self.counters = (a, b, c, d)
            self.unproved_s = unproved_s

    @seldom
    def save(self) -> None:
        """Write it to RTC memory."""
        head = struct.pack(
            LAYOUT, VERSION, self.order, self.sequence, *self.counters, self.unproved_s
        )
        self._kept.role_data = head + self.result[:MOST_RESULT].encode()
