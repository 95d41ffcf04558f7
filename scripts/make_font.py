#!/usr/bin/env python3
"""Draw the fonts of the OLED from strokes and write them as modules of firmware/display.

A letter is a few lines and arcs in a unit box; the same strokes give every size. Run it again after
changing a stroke; tests/firmware compares the files with what this script writes.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "firmware" / "display"

# module: name of the font: height, width of a digit, stroke (all in pixels), letters
FONTS = {
    "digits": {
        "LARGE": (32, 17, 5.0, "0123456789-."),
        "SMALL": (16, 9, 2.3, "0123456789-+.:"),
    },
    "medium_digits": {"MEDIUM": (24, 13, 3.6, "0123456789-+.")},
    "capitals": {"CAPITALS": (16, 8, 2.2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")},
}
SAMPLES = 4  # per pixel and direction
ARC_STEPS = 32
FILL = 0.5  # a pixel is lit when its square is covered by this part

Point = tuple[float, float]

# Strokes in a unit box, y downwards. "line": points. "arc": centre x, y, radii x, y, from, to in
# degrees, clockwise from the right. Radii count from the middle of the stroke.
GLYPHS: dict[str, tuple[float, list[tuple[str, list[float]]]]] = {
    # name: (width as part of a digit's, strokes)
    "0": (1, [
        ("arc", [0.5, 0.27, 0.5, 0.27, 180, 360]), ("arc", [0.5, 0.73, 0.5, 0.27, 0, 180]),
        ("line", [0, 0.27, 0, 0.73]), ("line", [1, 0.27, 1, 0.73]),
    ]),
    "1": (1, [("line", [0.62, 1, 0.62, 0, 0.12, 0.22])]),
    "2": (1, [
        ("arc", [0.5, 0.27, 0.5, 0.27, 185, 385]), ("line", [0.953, 0.384, 0, 1, 1, 1]),
    ]),
    "3": (1, [
        ("arc", [0.48, 0.24, 0.46, 0.24, 190, 450]), ("arc", [0.5, 0.73, 0.5, 0.27, 265, 530]),
    ]),
    "4": (1, [("line", [0.66, 0, 0, 0.72, 1, 0.72]), ("line", [0.76, 0.4, 0.76, 1])]),
    "5": (1, [
        ("line", [0.92, 0, 0.1, 0, 0.06, 0.45]), ("arc", [0.47, 0.68, 0.53, 0.32, 218, 515]),
    ]),
    "6": (1, [
        ("arc", [0.5, 0.69, 0.5, 0.31, 0, 360]), ("arc", [0.9, 0.69, 0.9, 0.69, 180, 262]),
    ]),
    "7": (1, [("line", [0, 0, 1, 0, 0.34, 1])]),
    "8": (1, [
        ("arc", [0.5, 0.24, 0.44, 0.24, 0, 360]), ("arc", [0.5, 0.73, 0.5, 0.27, 0, 360]),
    ]),
    "9": (1, [
        ("arc", [0.5, 0.31, 0.5, 0.31, 0, 360]), ("arc", [0.1, 0.31, 0.9, 0.69, 0, 82]),
    ]),
    "-": (0.75, [("line", [0, 0.53, 1, 0.53])]),
    "+": (1, [("line", [0, 0.53, 1, 0.53]), ("line", [0.5, 0.25, 0.5, 0.81])]),
    ".": (0.34, [("line", [0, 0.95, 1, 0.95, 1, 1, 0, 1])]),
    ":": (0.34, [("line", [0.5, 0.3, 0.5, 0.3]), ("line", [0.5, 0.8, 0.5, 0.8])]),
    "A": (1, [("line", [0, 1, 0.5, 0, 1, 1]), ("line", [0.2, 0.66, 0.8, 0.66])]),
    "B": (1, [
        ("line", [0.55, 0, 0, 0, 0, 1, 0.55, 1]), ("line", [0, 0.48, 0.55, 0.48]),
        ("arc", [0.55, 0.24, 0.4, 0.24, -90, 90]), ("arc", [0.55, 0.74, 0.45, 0.26, -90, 90]),
    ]),
    "C": (1, [
        ("arc", [0.5, 0.27, 0.5, 0.27, 180, 345]), ("line", [0, 0.27, 0, 0.73]),
        ("arc", [0.5, 0.73, 0.5, 0.27, 15, 180]),
    ]),
    "D": (1, [
        ("line", [0.45, 0, 0, 0, 0, 1, 0.45, 1]), ("line", [1, 0.3, 1, 0.7]),
        ("arc", [0.45, 0.3, 0.55, 0.3, -90, 0]), ("arc", [0.45, 0.7, 0.55, 0.3, 0, 90]),
    ]),
    "E": (0.95, [("line", [1, 0, 0, 0, 0, 1, 1, 1]), ("line", [0, 0.5, 0.8, 0.5])]),
    "F": (0.95, [("line", [1, 0, 0, 0, 0, 1]), ("line", [0, 0.5, 0.8, 0.5])]),
    "G": (1, [
        ("arc", [0.5, 0.27, 0.5, 0.27, 180, 345]), ("line", [0, 0.27, 0, 0.73]),
        ("arc", [0.5, 0.73, 0.5, 0.27, 0, 180]), ("line", [1, 0.73, 1, 0.55, 0.6, 0.55]),
    ]),
    "H": (1, [
        ("line", [0, 0, 0, 1]), ("line", [1, 0, 1, 1]), ("line", [0, 0.5, 1, 0.5]),
    ]),
    "I": (0.34, [("line", [0.5, 0, 0.5, 1])]),
    "J": (0.9, [("line", [1, 0, 1, 0.73]), ("arc", [0.5, 0.73, 0.5, 0.27, 0, 170])]),
    "K": (1, [
        ("line", [0, 0, 0, 1]), ("line", [1, 0, 0, 0.62]), ("line", [0.38, 0.4, 1, 1]),
    ]),
    "L": (0.9, [("line", [0, 0, 0, 1, 1, 1])]),
    "M": (1.25, [("line", [0, 1, 0, 0, 0.5, 0.6, 1, 0, 1, 1])]),
    "N": (1.1, [("line", [0, 1, 0, 0, 1, 1, 1, 0])]),
    "O": (1, [
        ("arc", [0.5, 0.27, 0.5, 0.27, 180, 360]), ("arc", [0.5, 0.73, 0.5, 0.27, 0, 180]),
        ("line", [0, 0.27, 0, 0.73]), ("line", [1, 0.27, 1, 0.73]),
    ]),
    "P": (1, [
        ("line", [0, 1, 0, 0, 0.55, 0]), ("arc", [0.55, 0.28, 0.45, 0.28, -90, 90]),
        ("line", [0.55, 0.56, 0, 0.56]),
    ]),
    "Q": (1, [
        ("arc", [0.5, 0.27, 0.5, 0.27, 180, 360]), ("arc", [0.5, 0.73, 0.5, 0.27, 0, 180]),
        ("line", [0, 0.27, 0, 0.73]), ("line", [1, 0.27, 1, 0.73]), ("line", [0.6, 0.75, 1, 1]),
    ]),
    "R": (1, [
        ("line", [0, 1, 0, 0, 0.55, 0]), ("arc", [0.55, 0.26, 0.45, 0.26, -90, 90]),
        ("line", [0.55, 0.52, 0, 0.52]), ("line", [0.45, 0.52, 1, 1]),
    ]),
    "S": (1, [
        ("arc", [0.5, 0.25, 0.48, 0.25, 335, 90]), ("arc", [0.5, 0.75, 0.5, 0.25, 270, 520]),
    ]),
    "T": (1, [("line", [0, 0, 1, 0]), ("line", [0.5, 0, 0.5, 1])]),
    "U": (1, [
        ("line", [0, 0, 0, 0.73]), ("arc", [0.5, 0.73, 0.5, 0.27, 0, 180]), ("line", [1, 0, 1, 0.73]),
    ]),
    "V": (1.1, [("line", [0, 0, 0.5, 1, 1, 0])]),
    "W": (1.4, [("line", [0, 0, 0.25, 1, 0.5, 0.3, 0.75, 1, 1, 0])]),
    "X": (1, [("line", [0, 0, 1, 1]), ("line", [1, 0, 0, 1])]),
    "Y": (1.1, [("line", [0, 0, 0.5, 0.5, 1, 0]), ("line", [0.5, 0.5, 0.5, 1])]),
    "Z": (1, [("line", [0, 0, 1, 0, 0, 1, 1, 1])]),
}  # fmt: skip


def draw(
    strokes: list[tuple[str, list[float]]], width: int, height: int, stroke: float
) -> list[list[bool]]:
    """Return the pixels, row by row, that the strokes cover."""
    segments = [segment for one in strokes for segment in _segments(one, width, height, stroke)]
    return [
        [_lit(column, row, segments, stroke) for column in range(width)] for row in range(height)
    ]


def _segments(
    one: tuple[str, list[float]], width: int, height: int, stroke: float
) -> list[tuple[Point, Point]]:
    """Return the straight pieces of a stroke, in pixels."""
    kind, numbers = one

    def place(x: float, y: float) -> Point:
        return stroke / 2 + x * max(0.0, width - stroke), stroke / 2 + y * (height - stroke)

    if kind == "line":
        points = [place(x, y) for x, y in zip(numbers[::2], numbers[1::2])]
    else:
        x, y, radius_x, radius_y, start, end = numbers
        angles = [start + (end - start) * step / ARC_STEPS for step in range(ARC_STEPS + 1)]
        points = [
            place(
                x + radius_x * math.cos(math.radians(a)), y + radius_y * math.sin(math.radians(a))
            )
            for a in angles
        ]
    return list(zip(points, points[1:]))


def _lit(column: int, row: int, segments: list[tuple[Point, Point]], stroke: float) -> bool:
    """Tell whether enough of a pixel is covered."""
    middle = (column + 0.5, row + 0.5)
    # What is further away than half a pixel's diagonal cannot touch it.
    near = [one for one in segments if _distance(middle, *one) <= stroke / 2 + 0.71]
    covered = 0
    for down in range(SAMPLES):
        for right in range(SAMPLES):
            point = (column + (right + 0.5) / SAMPLES, row + (down + 0.5) / SAMPLES)
            covered += any(_distance(point, *one) <= stroke / 2 for one in near)
    return covered >= FILL * SAMPLES * SAMPLES


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return how far a point is from a piece of a line."""
    along = (end[0] - start[0], end[1] - start[1])
    square = along[0] ** 2 + along[1] ** 2
    ahead = (point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]
    share = min(1.0, max(0.0, ahead / square)) if square else 0.0
    return math.dist(point, (start[0] + share * along[0], start[1] + share * along[1]))


def pack(pixels: list[list[bool]]) -> bytes:
    """Return the pixels as the display wants them: bytes of 8 rows, the top one the lowest bit."""
    packed = bytearray()
    for top in range(0, len(pixels), 8):
        for column in range(len(pixels[0])):
            rows = range(top, min(top + 8, len(pixels)))
            packed.append(sum(1 << (row - top) for row in rows if pixels[row][column]))
    return bytes(packed)


def glyph(font: tuple[int, int, float, str], letter: str) -> list[list[bool]]:
    """Return the pixels of one letter, row by row."""
    height, digit, stroke, _ = font
    share, strokes = GLYPHS[letter]
    return draw(strokes, max(math.ceil(stroke), round(digit * share)), height, stroke)


def source(fonts: dict[str, tuple[int, int, float, str]]) -> str:
    """Return the text of a module."""
    lines = [
        '"""A font of the OLED, drawn by scripts/make_font.py: (height, letters, widths, pixels).',
        "",
        "One text of bytes for all letters, as MONO_VLSB, one letter behind the other: an object for each of them",
        "would take as much of a board's heap again.",
        '"""',
        "",
    ]
    for name, font in fonts.items():
        glyphs = [glyph(font, letter) for letter in font[3]]
        widths = bytes(len(rows[0]) for rows in glyphs)
        lines += [f"{name} = (", f"    {font[0]},", f'    "{font[3]}",', f"    {_literal(widths)},"]
        lines += [
            f"    {_literal(packed[at : at + 21])}"
            for packed in map(pack, glyphs)
            for at in range(0, len(packed), 21)
        ]
        lines[-1] += ","
        lines.append(")")
    return "\n".join(lines) + "\n"


def _literal(data: bytes) -> str:
    """Return a bytes literal in hexadecimal only, so that it looks like what it is."""
    return 'b"' + "".join(f"\\x{byte:02x}" for byte in data) + '"'


def main() -> int:
    """Write the modules, or with --check tell whether they are as this script writes them."""
    texts = {TARGET / f"{name}.py": source(fonts) for name, fonts in FONTS.items()}
    if "--check" in sys.argv[1:]:
        return int(any(file.read_text(encoding="utf-8") != text for file, text in texts.items()))
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
