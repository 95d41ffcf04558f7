"""What a firmware file for an ESP32 says of itself: its chip, its digest, its partitions, its version.

Formats: ESP-IDF's esp_app_format.h, esp_flash_partitions.h and esp_app_desc.h.
"""

import hashlib
import struct
from dataclasses import dataclass

from .chips import CHIPS, Chip
from .errors import FlashError

MAGIC = 0xE9
HEADER = 24
DIGEST = 32
HAS_DIGEST = 23  # in the header
TABLE_OFFSET = 0x8000
TABLE_MAGIC = 0x50AA
DIGEST_MAGIC = 0xEBEB  # of the row behind the last, with an MD5 of all
ROW = struct.Struct("<HBBII16sI")
APP_DESCRIPTION = struct.Struct("<II8x32s32s")
APP_MAGIC = 0xABCD5432
APP_TYPE = 0
AGAIN = "Download it again, or choose another file with --micropython."


@dataclass(frozen=True)
class Firmware:
    """A file that passed its own checks."""

    content: bytes
    version: str  # "v1.29.0", "" where it names none
    vfs_offset: int  # where the space behind its partitions begins


def checked(content: bytes, chip: Chip) -> Firmware:
    """Return what the file says; raise FlashError for one that is damaged, cut or another chip's."""
    number = struct.unpack_from("<H", content, 12)[0] if len(content) >= HEADER else 0
    if content[:1] != bytes([MAGIC]):
        raise FlashError("This is no firmware for an ESP32.", AGAIN)
    if number != chip.number:
        other = next((one.name for one in CHIPS if one.number == number), f"chip {number}")
        raise FlashError(
            f"This MicroPython is for the {other}, the board has an {chip.name}.",
            f"Take the file {chip.board}-….bin.",
        )
    partitions = _partitions(content, TABLE_OFFSET - chip.offset)
    apps = [offset for kind, offset, _ in partitions if kind == APP_TYPE]
    if not apps:
        raise FlashError("The firmware has no application in it.", AGAIN)
    start = apps[0] - chip.offset
    _check_digest(content, 0)
    _check_digest(content, start)
    end = max(offset + size for _, offset, size in partitions)
    return Firmware(content, _version(content, start), end)


def _partitions(content: bytes, start: int) -> list[tuple[int, int, int]]:
    """Return type, offset and size of each partition."""
    found = []
    for at in range(start, min(start + 0xC00, len(content) - ROW.size + 1), ROW.size):
        magic, kind, _, offset, size, label, _ = ROW.unpack_from(content, at)
        if magic == DIGEST_MAGIC:
            if content[at + 16 : at + 32] != hashlib.md5(content[start:at]).digest():
                raise FlashError(
                    "The firmware file is damaged: its partition table is wrong.", AGAIN
                )
            break
        if magic != TABLE_MAGIC:
            break
        # Until 1.25 the file system was a row of its own; it begins where the others end in any case.
        if label.rstrip(b"\0") != b"vfs":
            found.append((kind, offset, size))
    if not found:
        raise FlashError("The firmware has no partition table where it should be.", AGAIN)
    return found


def _check_digest(content: bytes, start: int) -> None:
    """Compare an image inside the file with the SHA-256 behind it."""
    cut = FlashError("The firmware file is cut short.", AGAIN)
    if start + HEADER > len(content):
        raise cut
    magic, segments = content[start : start + 2]
    if magic != MAGIC:
        raise FlashError("The firmware file is damaged.", AGAIN)
    at = start + HEADER
    for _ in range(segments):
        if at + 8 > len(content):
            raise cut
        at += 8 + struct.unpack_from("<I", content, at + 4)[0]
    end = start + (at - start | 15) + 1  # a checksum ends the last 16 bytes
    if end + DIGEST > len(content):
        raise cut
    if content[start + HAS_DIGEST] != 1:
        raise FlashError("The firmware file carries no digest of its own.", AGAIN)
    if hashlib.sha256(content[start:end]).digest() != content[end : end + DIGEST]:
        raise FlashError("The firmware file is damaged: its digest is wrong.", AGAIN)


def _version(content: bytes, start: int) -> str:
    at = start + HEADER + 8
    if at + APP_DESCRIPTION.size > len(content):
        return ""
    magic, _, version, _ = APP_DESCRIPTION.unpack_from(content, at)
    return version.rstrip(b"\0").decode("ascii", "replace") if magic == APP_MAGIC else ""
