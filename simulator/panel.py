"""Draws an OLED as it looks: a dark panel with separate bluish-white pixels."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ssd1306 import Ssd1306

_GLASS = (10, 12, 16)
_UNLIT = (14, 17, 23)
_DIM, _BRIGHT = (84, 120, 150), (196, 232, 255)
_FRAME = 3  # unlit pixels around


def draw(oled: Ssd1306, path: object, scale: int = 4) -> None:
    """Write a PNG; `scale` image pixels to a panel pixel."""
    from PIL import Image, ImageDraw

    rows = oled.rows()
    size = ((len(rows[0]) + 2 * _FRAME) * scale, (len(rows) + 2 * _FRAME) * scale)
    image = Image.new("RGB", size, _GLASS)
    pen = ImageDraw.Draw(image)
    lit = _lit(oled.contrast)
    gap = 1 if scale > 2 else 0
    for y, row in enumerate(rows):
        for x, shines in enumerate(row):
            left, top = (x + _FRAME) * scale, (y + _FRAME) * scale
            corner = (left + scale - 1 - gap, top + scale - 1 - gap)
            pen.rectangle((left, top, *corner), fill=lit if shines else _UNLIT)
    image.save(Path(str(path)))


def _lit(contrast: int) -> tuple[int, ...]:
    return tuple(
        dim + (bright - dim) * contrast // 255 for dim, bright in zip(_DIM, _BRIGHT, strict=True)
    )
