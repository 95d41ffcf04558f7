"""The official MicroPython for a chip: from a file, from the cache, or downloaded."""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import cache
from .chips import Chip
from .errors import FlashError
from .esp_image import Firmware, checked

RELEASE = "20260824-v1.29.0"
SITE = "https://micropython.org"
TIMEOUT_S = 30.0
PIECE = 1 << 16
MOST_BYTES = 16 << 20

# micropython.org publishes none; these are what at least two people independently published of the file they got
# there. A chip that is not here is checked by the digest inside its file only, and the plan says so.
KNOWN_SHA256 = {
    "ESP32_GENERIC-20260824-v1.29.0.bin": "e67ad6015a0a504c1fec9aa9bbf589d0432ed28e62546f4f8dd8a147f8bd95f6",
    "ESP32_GENERIC_S3-20260824-v1.29.0.bin": "1dd9dcd27ba2d6a1cb7f7b49a063f46d3d807d68b0151161233920228285e300",
    "ESP32_GENERIC_C3-20260824-v1.29.0.bin": "bf72ed9eb88ad3a8f49d02c3d371f9ea34c90a8a303aeb9e324d8efd4a2a655a",
}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Found:
    """The firmware, where it came from, and how it was checked."""

    firmware: Firmware
    source: str
    check: str


def file_name(chip: Chip) -> str:
    """Return the name of the official image."""
    return f"{chip.board}-{RELEASE}.bin"


def address(chip: Chip, site: str = SITE) -> str:
    """Return where the official image is."""
    return f"{site}/resources/firmware/{file_name(chip)}"


def from_file(path: Path, chip: Chip) -> Found:
    """Return a firmware that the user has."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FlashError(f"{path} cannot be read: {error.strerror}.") from error
    return Found(checked(content, chip), str(path), _check(path.name, content))


def fetch(
    chip: Chip,
    progress: Progress,
    site: str = SITE,
    folder: Path | None = None,
    timeout: float = TIMEOUT_S,
) -> Found:
    """Return the official firmware, from the cache if it is there and whole."""
    name = file_name(chip)
    kept = (folder or cache.folder()) / name
    if kept.exists():
        try:
            return from_file(kept, chip)
        except FlashError:
            kept.unlink()  # half written, or damaged since
    url = address(chip, site)
    content = _download(url, progress, timeout)
    found = Found(checked(content, chip), url, _check(name, content))
    cache.put(kept, content)
    return found


def _check(name: str, content: bytes) -> str:
    """Return how the file was checked; raise FlashError when it is not the published one."""
    known = KNOWN_SHA256.get(name)
    if known is None:
        return "its own digest is right; not verified: no published SHA-256 is known"
    if hashlib.sha256(content).hexdigest() != known:
        raise FlashError(
            f"{name} is not the file that others got: its SHA-256 differs.",
            "Do not use it. Download it again, over another connection.",
        )
    return "its SHA-256 is the published one"


def _download(url: str, progress: Progress, timeout: float) -> bytes:
    advice = "Try again, or download it with a browser and give the file with --micropython."
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            length = int(answer.headers.get("Content-Length") or 0)
            content = b""
            while piece := answer.read(PIECE):
                content += piece
                progress(len(content), length)
                if len(content) > MOST_BYTES:
                    raise FlashError(f"{url} is far too large.", advice)
    except urllib.error.HTTPError as error:
        raise FlashError(
            f"{url} cannot be downloaded: {error.code} {error.reason}.", advice
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise FlashError(f"{url} cannot be downloaded: {reason}.", advice) from error
    if length and len(content) != length:
        raise FlashError(f"The download of {url} was cut short.", advice)
    return content
