"""The flash chip under a board's file system: NOR flash in a file, which can lose power at any write."""

from collections.abc import Callable
from pathlib import Path

BLOCK = 4096
BLOCKS = 512  # 2 MiB, the vfs partition of a 4 MiB board
ERASE_US = 45_000  # typical of a 4 KiB sector (W25Q32 data sheet, 9.6)
WRITE_US = 700  # of a page of 256 bytes
_ERASED = 0xFF


class Flash:
    """Bytes that writing can only clear bits of, and erasing sets again a block at a time."""

    def __init__(self, file: Path, lose_power: Callable[[], None], blocks: int = BLOCKS) -> None:
        self._file = file
        self.blocks = blocks
        self._lose_power = lose_power
        self._left: int | None = None
        self._torn = False
        self.writes = 0  # erasures too
        self.overwritten = 0  # bytes programmed without having been erased: a fault of the driver
        self.slow = True
        self.watchers: list[Callable[[], None]] = []  # called when a write begins
        if not file.exists():
            file.write_bytes(bytes([_ERASED]) * BLOCK * blocks)
        self._memory = bytearray(file.read_bytes())

    @property
    def content(self) -> bytes:
        """Return or set everything that is in the chip."""
        return bytes(self._memory)

    @content.setter
    def content(self, image: bytes) -> None:
        self._memory[:] = image
        self._file.write_bytes(image)

    def cut_after(self, writes: int | None, torn: bool = False) -> None:
        """Take the power away at the write after so many; torn: when half of it is done.

        None calls it off.
        """
        self._left = writes
        self._torn = torn

    def write(self, block: int, offset: int, data: bytes) -> bool:
        """Clear bits; False when the power went away."""
        at = block * BLOCK + offset
        old = self._memory[at : at + len(data)]
        self.overwritten += sum(new & ~had != 0 for new, had in zip(data, old, strict=True))
        return self._change(at, bytes(new & had for new, had in zip(data, old, strict=True)))

    def erase(self, block: int) -> bool:
        """Set all bits of a block; False when the power went away."""
        return self._change(block * BLOCK, bytes([_ERASED]) * BLOCK)

    def erase_all(self) -> None:
        """Set all bits of the chip."""
        self.content = bytes([_ERASED]) * BLOCK * self.blocks

    def _change(self, at: int, data: bytes) -> bool:
        for watcher in self.watchers:
            watcher()
        cut = self._left == 0
        if cut:
            data = data[: len(data) // 2 if self._torn else 0]
        self._memory[at : at + len(data)] = data
        with self._file.open("r+b") as file:
            file.seek(at)
            file.write(data)
        if cut:
            self._left = None
            self._lose_power()
            return False
        self.writes += 1
        if self._left is not None:
            self._left -= 1
        return True
