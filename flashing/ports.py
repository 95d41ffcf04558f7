"""Serial ports: which board is meant, and why a port cannot be opened."""

import os
import re
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import serial
from serial.tools import list_ports

from .errors import FlashError

GROUPS = "dialout (Arch, Fedora: uucp)"


@dataclass(frozen=True)
class Port:
    """A port with what its USB chip says of itself."""

    device: str
    description: str


def present() -> list[Port]:
    """Return the USB serial ports of this computer."""
    found = [one for one in list_ports.comports() if one.vid is not None]
    return [
        Port(one.device, " ".join(filter(None, (one.manufacturer, one.product))) or one.description)
        for one in sorted(found, key=lambda one: one.device)
    ]


def choose(found: list[Port], ask: Callable[[str, int], int]) -> str:
    """Return the only port, or the one the user means; `ask` gets the question and the number of answers."""
    if not found:
        raise FlashError(
            "No board is plugged in.",
            "Use a USB cable with data lines (many only charge). On Windows and macOS a CP210x or CH340 board may need "
            "its driver; on Ubuntu the package brltty takes CH340 boards away: sudo apt remove brltty.",
        )
    if len(found) == 1:
        return found[0].device
    lines = [f"  {number}  {one.device}  {one.description}" for number, one in enumerate(found, 1)]
    number = ask("\n".join(["Which board?", *lines]), len(found))
    return found[number - 1].device


def check(device: str, access: Callable[[str, int], bool] = os.access) -> None:
    """Raise FlashError for a port that is not there, forbidden or in use."""
    if "://" in device:
        _check_url(device)
        return
    if sys.platform == "win32":
        return
    path = Path(device)
    if not path.exists():
        raise _missing(device)
    if not path.is_char_device():
        raise FlashError(f"{device} is no serial port.", "Leave --port out to see what is there.")
    if not access(device, os.R_OK | os.W_OK):
        raise _forbidden(device)
    who = holder(path)
    if who:
        raise _busy(device, who)


def _check_url(device: str) -> None:
    try:
        serial.serial_for_url(device, do_not_open=True)
    except ValueError as error:
        raise FlashError(f"{device} is no port: {error}.", "Like rfc2217://host:4000.") from error


def why_not_opened(device: str, reason: str) -> FlashError:
    """Return what a driver's reason means."""
    if re.search(r"Permission denied|Errno 13\b|Access is denied", reason):
        return _forbidden(device) if sys.platform != "win32" else _busy(device, "another program")
    if re.search(r"exclusively lock|Resource busy|Errno (16|11)\b", reason):
        return _busy(device, holder(Path(device)) or "another program")
    if re.search(r"No such file|Errno 2\b|could not find", reason):
        return _missing(device)
    if re.search(r"Errno [56]\b|disconnected|device reports readiness", reason):
        return FlashError(
            f"The board has vanished from {device}.",
            "Its plug may be loose, or its supply too weak: take another cable, no hub.",
        )
    return FlashError(f"{device} cannot be opened.", reason.strip().splitlines()[0])


def _missing(device: str) -> FlashError:
    return FlashError(
        f"{device} is not there.", "Is the board plugged in? Leave --port out to see what is."
    )


def _forbidden(device: str) -> FlashError:
    group = GROUPS
    if Path(device).exists() and sys.platform.startswith("linux"):
        import grp

        number = Path(device).stat()
        if stat.S_ISCHR(number.st_mode):
            group = grp.getgrgid(number.st_gid).gr_name
    return FlashError(
        f"You may not use {device}.",
        f"Become a member of the group {group}: sudo usermod -aG {group.split()[0]} $USER, then log out and in again.",
    )


def _busy(device: str, who: str) -> FlashError:
    if re.search(r"hass|home-?assistant", who, re.IGNORECASE):
        return FlashError(
            f"Home Assistant has {device} open ({who}).",
            "Disable the display node there (Settings > Devices & services > Victron ESP-NOW > ⋮ > Disable), run this "
            "again, and enable it afterwards.",
        )
    return FlashError(
        f"{device} is in use by {who}.",
        "End it (a serial monitor? Home Assistant?) and run this again.",
    )


def holder(path: Path, processes: Path = Path("/proc")) -> str:
    """Return which other process has the port open, as far as this user may see."""
    target = str(path.resolve())
    for folder in processes.glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        try:
            if any(str(link.readlink()) == target for link in (folder / "fd").iterdir()):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                name = " ".join(word.decode("utf-8", "replace") for word in words[:3]).strip()
                return f"{name}, process {folder.name}"
        except OSError:
            continue  # somebody else's, or gone
    return ""
