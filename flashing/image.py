"""The file system of a board: LittleFS of exactly its partition's size, the same bytes from the same sources.

main.py       chooses the application and counts its starts; never replaced
active        the name of the application's directory, "a"
a/            the application; an update goes into b/, then `active` is replaced by rename
options.json  pins, where the chip's are not the firmware's defaults
"""

import json
from dataclasses import dataclass

from littlefs import LittleFS, LittleFSError

from . import program
from .chips import ESP32, Chip, pins_of
from .errors import FlashError

BLOCK = 4096
VFS_OFFSET = (
    0x200000  # of MicroPython's generic images since 1.26: everything behind the application
)
DIRECTORY = "a"
OPTIONS_VERSION = 1  # firmware/node/options.py
SMALLEST_FLASH = 4 << 20
# A second application beside it, settings and room for LittleFS need the rest.
MOST_ROLE_BYTES = 120 * 1024


@dataclass(frozen=True)
class Image:
    """What is written to the partition, and what is in it."""

    role: str
    content: bytes
    files: dict[str, bytes]

    @property
    def program_bytes(self) -> int:
        """Return how much of it the files are."""
        return sum(map(len, self.files.values()))

    @property
    def page_bytes(self) -> int:
        """Return how much of that is the web page: read by browsers, not by the board."""
        page = {f"{DIRECTORY}/{name}" for name in program.page_files()}
        return sum(len(content) for name, content in self.files.items() if name in page)


def block_count(flash_bytes: int, offset: int = VFS_OFFSET) -> int:
    """Return the blocks of the partition on a chip with this much flash."""
    if flash_bytes < SMALLEST_FLASH:
        raise FlashError(
            f"This board has {flash_bytes / (1 << 20):g} MB of flash; 4 MB are needed.",
            "MicroPython alone takes 2 MB. Use another board.",
        )
    return (flash_bytes - offset) // BLOCK


def files_of(
    role: str, chip: Chip = ESP32, own_pins: dict[str, int] | None = None
) -> dict[str, bytes]:
    """Return every file of a new board by its path."""
    files = {"main.py": program.boot(), "active": DIRECTORY.encode()}
    pins = pins_of(chip, role, own_pins or {})
    other = {name: pin for name, pin in pins.items() if pin != ESP32.pins[name]}
    if other:
        options = {"version": OPTIONS_VERSION, "options": other}
        files["options.json"] = json.dumps(options).encode()
    for name, data in program.application(role).items():
        files[f"{DIRECTORY}/{name}"] = data
    return files


def build(
    role: str, blocks: int, chip: Chip = ESP32, own_pins: dict[str, int] | None = None
) -> Image:
    """Return the image of a role for a partition of so many blocks."""
    files = files_of(role, chip, own_pins)
    return Image(role, packed(files, blocks), files)


def packed(files: dict[str, bytes], blocks: int) -> bytes:
    """Return a LittleFS with these files."""
    system = LittleFS(block_size=BLOCK, block_count=blocks)
    try:
        for path, data in files.items():
            folder = path.rpartition("/")[0]
            if folder:
                system.makedirs(folder, exist_ok=True)
            with system.open(path, "wb") as file:
                file.write(data)
    except LittleFSError as error:
        raise FlashError(f"The files do not fit into {blocks} blocks of flash: {error}.") from error
    return bytes(system.context.buffer)
