"""Pictures of the OLED: drawn from the bytes that the firmware sends, on the interpreter of the boards."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from firmware.image import word_files
from simulator.sh1106 import COLUMN_OFFSET, Sh1106
from simulator.ssd1306 import HEIGHT, WIDTH, Ssd1306

from .runner import run_on_board
from .scenes import SCENES, Scene

GOLDENS = Path(__file__).parent / "pictures"
HEAP = "400k"


@cache
def panels() -> dict[str, Ssd1306]:
    """Show every scene on an SSD1306; return the panels by the scenes' names."""
    return shown(SCENES, Ssd1306)


def shown(scenes: list[Scene], panel: type[Ssd1306]) -> dict[str, Ssd1306]:
    """Show scenes on panels of a kind, whose option the boards then have."""
    offset = COLUMN_OFFSET if panel is Sh1106 else 0
    wanted = [one | {"options": one["options"] | {"oled_offset": offset}} for one in scenes]
    with TemporaryDirectory() as folder:
        (Path(folder) / "scenes.json").write_text(json.dumps(wanted))
        for name, data in word_files().items():
            (Path(folder) / name).write_bytes(data)
        output = run_on_board("faces", "show_all", Path(folder), HEAP)
    sent: list[bytes] = []
    found = {}
    pictures: dict[str, list[bytes]] = {}
    for line in output.splitlines():
        kind, _, text = line.partition(" ")
        if kind == "SCENE":
            sent = pictures[text] = []
        elif kind == "I2C":
            sent.append(bytes.fromhex(text))
    for name, writes in pictures.items():
        found[name] = panel()
        for data in writes:
            found[name].write(data)
    return found


def save(oled: Ssd1306, path: Path) -> None:
    """Write what the panel shows, a pixel a pixel."""
    from PIL import Image

    image = Image.new("1", (WIDTH, HEIGHT))
    image.putdata([int(lit) for row in oled.rows() for lit in row])
    image.save(path, optimize=True)


def load(path: Path) -> list[list[bool]]:
    """Return the rows of a picture."""
    from PIL import Image

    image = Image.open(path).convert("1")
    return [[bool(image.getpixel((x, y))) for x in range(WIDTH)] for y in range(HEIGHT)]
