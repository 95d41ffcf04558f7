"""Flash and provision a board: plug it in, run one command, get a node that works.

The first board of a site makes the site file, which every further one needs: keep a copy of it.
"""

import argparse
from pathlib import Path

from . import site
from .chips import CHIPS, PANELS, ROLES, check_pins
from .errors import FlashError

BAUD = 460800
BAUDS = (115200, 230400, BAUD, 921600)
CONTRADICTIONS = (
    ("files_only", "erase"),
    ("files_only", "rekey"),
    ("provision_only", "erase"),
)


def parsed(words: list[str] | None) -> argparse.Namespace:
    """Return what the command line says; ends the program where that is no sense at all."""
    parser = argparse.ArgumentParser(prog="scripts/flash", description=__doc__)
    add = parser.add_argument
    add("role", choices=sorted(ROLES), help="what the board becomes")
    add("--port", help="serial port (without it: the board that is plugged in)")
    add("--name", help="the node's name, at most 32 bytes")
    add("--site", type=Path, metavar="FILE", help=f"site file ({site.default_path()})")
    add("--pin", action="append", default=[], type=_pin, metavar="NAME=NUMBER",
        help="another pin: scl, sda, button, buzzer, led; -1 for none")  # fmt: skip
    add("--oled", choices=sorted(PANELS), help="the display's controller; the shop says which")
    add("--micropython", type=Path, metavar="FILE", help="this MicroPython, instead of a download")
    add("--erase", action="store_true", help="erase the whole flash first")
    add("--rekey", action="store_true", help="make a new site key first; each board needs it then")
    add("--chip", choices=[chip.key for chip in CHIPS], help="for a plan or image without a board")
    add("--flash-size", metavar="SIZE", help="likewise: 4MB, 8MB, 16MB")
    add("--baud", type=int, default=BAUD, choices=BAUDS, help=f"speed of writing ({BAUD})")
    add("--yes", action="store_true", help="ask nothing")
    instead = parser.add_argument_group("Instead of all of it").add_mutually_exclusive_group()
    add = instead.add_argument
    add("--files-only", action="store_true", help="new files for a board that keeps its settings")
    add("--provision-only", action="store_true", help="only give keys, name and pins")
    add("--dry-run", action="store_true", help="only say what would be done")
    add("--image", type=Path, metavar="FILE", help="only write the file system to a file")
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Raise FlashError for what cannot be meant, before anything is touched."""
    for one, other in CONTRADICTIONS:
        if getattr(arguments, one) and getattr(arguments, other):
            names = [f"--{name.replace('_', '-')}" for name in (one, other)]
            raise FlashError(
                f"{' and '.join(names)} exclude one another.", "Leave one of them out."
            )
    if arguments.name is not None:
        site.check_name(arguments.name)
    if arguments.oled and arguments.role != "display":
        raise FlashError(f"A {arguments.role} node has no OLED.", "Leave --oled out.")
    check_pins(arguments.role, dict(arguments.pin))


def _pin(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    try:
        return f"pin_{name.removeprefix('pin_')}", int(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like scl=22") from None
