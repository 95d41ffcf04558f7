"""A firmware file as MicroPython's builds are: boot loader, partition table, application, each with its digest."""

import hashlib
import random
import struct

from flashing.chips import Chip

HOLE = 0xFF


def image(number: int, data: bytes) -> bytes:
    """Return one image of one segment, with checksum and SHA-256."""
    data += bytes(-len(data) % 4)
    content = struct.pack("<4BI", 0xE9, 1, 2, 0x20, 0x40080000)
    content += bytes([0xEE, 0, 0, 0]) + struct.pack("<HBHH4xB", number, 0, 0, 0xFFFF, 1)
    content += struct.pack("<II", 0x3F400020, len(data)) + data
    checksum = 0xEF
    for byte in data:
        checksum ^= byte
    content += bytes(15 - len(content) % 16) + bytes([checksum])
    return content + hashlib.sha256(content).digest()


def row(kind: int, subtype: int, offset: int, size: int, label: str) -> bytes:
    return struct.pack("<HBBII16sI", 0x50AA, kind, subtype, offset, size, label.encode(), 0)


ROWS = (
    row(1, 2, 0x9000, 0x6000, "nvs"),
    row(1, 1, 0xF000, 0x1000, "phy_init"),
    row(0, 0, 0x10000, 0x1F0000, "factory"),
)


def micropython(
    chip: Chip, version: str = "v1.29.0", size: int = 60_000, rows: tuple[bytes, ...] = ROWS
) -> bytes:
    """Return a file; its application is noise, so that it does not compress away."""
    table = b"".join(rows)
    table += b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(table).digest()
    description = struct.pack("<II8x32s32s", 0xABCD5432, 0, version.encode(), b"micropython")
    noise = random.Random(chip.number).randbytes(size)
    parts = {
        chip.offset: image(chip.number, b"boot loader" * 100),
        0x8000: table,
        0x10000: image(chip.number, description.ljust(256, b"\0") + noise),
    }
    content = bytearray()
    for offset, part in parts.items():
        content += bytes([HOLE]) * (offset - chip.offset - len(content)) + part
    return bytes(content)
