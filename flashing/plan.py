"""What is going to happen to a board, before it does."""

from dataclasses import dataclass, field
from pathlib import Path

from . import image, program
from .chips import Chip, pins_of

MEGABYTE = 1 << 20
INDENT = "\n" + " " * 10


@dataclass
class Plan:
    """All choices made; nothing touched yet."""

    role: str
    name: str
    site: Path
    chip: Chip
    flash_bytes: int
    vfs_offset: int = image.VFS_OFFSET
    own_pins: dict[str, int] = field(default_factory=dict)
    micropython: str = ""  # which, where from, and how it was checked: a line each
    port: str = ""
    mac: str = ""
    erase: bool = False
    site_is_new: bool = False
    rekey: bool = False

    def build(self) -> image.Image:
        """Return the file system for this board."""
        blocks = image.block_count(self.flash_bytes, self.vfs_offset)
        return image.build(self.role, blocks, self.chip, self.own_pins)

    def lines(self, made: image.Image) -> list[str]:
        """Return the plan for people."""
        blocks = len(made.content) // image.BLOCK
        flash = f"{self.chip.name} with {self.flash_bytes // MEGABYTE} MB of flash"
        board = f"{flash}, {self.mac}" if self.mac else flash
        pins = pins_of(self.chip, self.role, self.own_pins)
        wired = ", ".join(
            f"{name.removeprefix('pin_')} {pin}" for name, pin in pins.items() if pin >= 0
        )
        rows = [
            ("Board", f"{board} at {self.port}" if self.port else board),
            ("Becomes", f"{self.role} node {self.name!r}, firmware {program.version()}"),
            ("Pins", wired or "none"),
            (f"{self.chip.offset:#08x}", f"MicroPython {self.micropython}"),
            (
                f"{self.vfs_offset:#08x}",
                f"file system, {blocks} blocks, {len(made.files)} files, {made.program_bytes / 1000:.0f} kB",
            ),
            ("Site", f"{self.site}{self._of_the_site()}"),
            ("Lost", "everything on the board" if self.erase else "what was on the board, its settings too"),
        ]  # fmt: skip
        return [f"{title:<9} {text}".replace("\n", INDENT) for title, text in rows]

    def _of_the_site(self) -> str:
        if self.site_is_new:
            return " (new: keep a copy of it)"
        return " (gets a new key: each board needs it then)" if self.rekey else ""
