"""The newest part of the log in a buffer that is made once; the command `log` reads it."""

import io

from node.borrowed import seldom

SIZE = 1024  # two tracebacks and a dozen lines


class LogRing(io.IOBase):
    """A stream to print into; what is overwritten is gone."""

    def __init__(self, size: int = SIZE) -> None:
        self._buffer = bytearray(size)
        self.end = 0  # bytes written so far

    def write(self, data) -> int:
        """Add text."""
        length = len(data)
        size = len(self._buffer)
        data = memoryview(data)[-size:]
        self.end += length
        start = (self.end - len(data)) % size
        first = min(len(data), size - start)
        self._buffer[start : start + first] = data[:first]
        self._buffer[: len(data) - first] = data[first:]
        return length

    @seldom
    def read_from(self, start: int, most: int) -> tuple:
        """Return (where it really starts, text) of what is still there."""
        size = len(self._buffer)
        start = max(0, self.end - size, min(start, self.end))
        end = min(start + most, self.end)
        at = start % size
        data = self._buffer[at : at + end - start]
        data += self._buffer[: end - start - len(data)]
        return start, "".join(
            [chr(byte) if byte == 10 or 32 <= byte < 127 else "?" for byte in data]
        )
