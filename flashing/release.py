"""What a release brings: images for each role, chip and flash size, and a page that flashes them from a browser."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from . import image, micropython, program
from .chips import CHIPS, ROLES, Chip
from .errors import FlashError
from .micropython import Found

PAGE = Path(__file__).parent / "page"
SIZES = (4, 8, 16)  # MB


def build(
    target: Path, found: dict[Chip, Found], web_tools: Path, sizes: Iterable[int] = SIZES
) -> None:
    """Fill a folder that can be served as it is."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "page.css", "page.js"):
        shutil.copy(PAGE / name, target)
    shutil.copytree(web_tools, target / "esp-web-tools", dirs_exist_ok=True)
    for chip, one in found.items():
        (target / f"micropython-{chip.key}.bin").write_bytes(one.firmware.content)
    for role in sorted(ROLES):
        for size in sizes:
            builds = [_parts(target, role, chip, one, size) for chip, one in found.items()]
            manifest = {
                "name": f"Victron ESP-NOW {role} node",
                "version": program.version(),
                "new_install_prompt_erase": True,
                "builds": builds,
            }
            file = target / f"manifest-{role}-{size}mb.json"
            file.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _parts(target: Path, role: str, chip: Chip, found: Found, size: int) -> dict[str, object]:
    """Write the file system of one kind of board; return its part of the manifest."""
    offset = found.firmware.vfs_offset
    made = image.build(role, image.block_count(size << 20, offset), chip)
    name = f"{role}-{chip.key}-{size}mb.bin"
    (target / name).write_bytes(made.content)
    parts = [
        {"path": f"micropython-{chip.key}.bin", "offset": chip.offset},
        {"path": name, "offset": offset},
    ]
    return {"chipFamily": chip.name, "parts": parts}


def main() -> int:
    """Build a release with the official MicroPythons."""
    parser = argparse.ArgumentParser(prog="scripts/release", description=__doc__)
    parser.add_argument("target", type=Path, help="folder to fill")
    parser.add_argument("--web-tools", type=Path, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    try:
        found = {chip: micropython.fetch(chip, lambda _done, _all: None) for chip in CHIPS}
        build(arguments.target, found, arguments.web_tools)
    except FlashError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    for chip, one in found.items():
        print(f"{chip.name}: {one.source}; {one.check}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
