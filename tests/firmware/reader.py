"""Reads an OLED's picture back: numbers and words in our fonts, labels in the built-in one.

It knows nothing of how the firmware draws. The shapes of digits and capitals come from the strokes in
scripts/make_font.py, drawn at test time; those of the built-in font from the interpreter's own framebuf. A shape is
found where exactly its pixels are lit, with nothing beside them: larger shapes first, and each pixel once.
"""

import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from .runner import PROJECT, ensure

sys.path.append(str(PROJECT / "scripts"))
import make_font

type Rows = list[list[bool]]
type Shape = tuple[int, ...]  # a number a row, the left pixel in the lowest bit

GAP = 3  # columns between two letters of one number or word, at most
LABEL = 8
BLANK = 4  # columns of a space in our font
_TITLE_TOP = 2
_ASCII = "".join(map(chr, range(33, 127))).translate({ord(one): None for one in "_\"'`"})
_PRINT_FONT = f"""
import framebuf
for letter in {_ASCII!r}:
    data = bytearray(8)
    framebuf.FrameBuffer(data, 8, 8, framebuf.MONO_HLSB).text(letter, 0, 0, 1)
    print(data.hex())
"""


@dataclass(frozen=True)
class Text:
    """Something that can be read, and where."""

    text: str
    height: int
    x: int
    y: int
    end: int


def read(rows: Rows) -> list[Text]:
    """Return everything that is written, from the top, then from the left."""
    # A column stays free at the left.
    return _read(tuple(sum(on << x + 1 for x, on in enumerate(row)) for row in rows))


@cache
def _read(picture: tuple[int, ...]) -> list[Text]:
    lines = list(picture)
    found: list[Text] = []
    for height in (32, 24, 16):
        found += _joined(_find(lines, _shapes(height), height), BLANK + 2 * GAP, BLANK)
    found += _labels(lines)
    return sorted(found, key=lambda one: (one.y, one.x))


def quantities(rows: Rows) -> list[str]:
    """Return the numbers with what stands behind them: "87%", "-12.3A", "2s ago"."""
    texts = read(rows)
    return [
        one.text + _unit(one, texts)
        for one in texts
        if one.height > LABEL and not any(letter.isalpha() for letter in one.text)
    ]


def words(rows: Rows) -> list[str]:
    """Return the words in capitals."""
    return [one.text for one in read(rows) if one.height == 16 and one.text[:1].isalpha()]


def labels(rows: Rows) -> list[str]:
    """Return what is written in the small font, those behind numbers as well."""
    return [one.text for one in read(rows) if one.height == LABEL]


def _unit(number: Text, texts: list[Text]) -> str:
    """Return the label that stands behind a number, on its line or at its top."""
    bottom = number.y + number.height - LABEL
    for one in texts:
        beside = 0 <= one.x - number.end <= GAP + 1
        if one.height == LABEL and beside and one.y in (number.y, bottom):
            return one.text
    return ""


@cache
def _shapes(height: int) -> list[tuple[str, int, Shape]]:
    """Return (letter, width, rows) of this height, those with the most pixels first."""
    found = [
        (letter, len(rows[0]), tuple(sum(on << x for x, on in enumerate(row)) for row in rows))
        for fonts in make_font.FONTS.values()
        for font in fonts.values()
        if font[0] == height
        for letter in font[3]
        for rows in [make_font.glyph(font, letter)]
    ]
    return sorted(found, key=lambda one: -sum(row.bit_count() for row in one[2]))


@cache
def _built_in() -> dict[Shape, str]:
    """Return the letters of the font in the interpreter, those that stand for a bar's pieces left out."""
    output = subprocess.run(
        [ensure().micropython, "-c", _PRINT_FONT], check=True, capture_output=True, encoding="ascii"
    ).stdout.split()
    return {
        tuple(sum((row >> 7 - x & 1) << x for x in range(8)) for row in bytes.fromhex(text)): one
        for one, text in zip(_ASCII, output, strict=True)
    }


def _find(lines: list[int], shapes: list[tuple[str, int, Shape]], height: int) -> list[Text]:
    """Take the shapes out of what is lit."""
    found = []
    for letter, width, shape in shapes:
        mask = (1 << width + 2) - 1
        for top in range(len(lines) - height + 1):
            for left in _places(lines, shape, top, width):
                found.append(Text(letter, height, left, top, left + width))
                for row in range(height):
                    lines[top + row] &= ~(mask << left)
    return found


def _places(lines: list[int], shape: Shape, top: int, width: int) -> list[int]:
    """Return where a shape begins in these rows, looking at all columns at once: a bit is a column."""
    places = (1 << 129 - width) - 1
    for row, pixels in enumerate(shape):
        line = lines[top + row]
        for column in range(width + 2):
            is_lit = pixels << 1 >> column & 1
            places &= line >> column if is_lit else ~(line >> column)
            if not places:
                return []
    return [left for left in range(129 - width) if places >> left & 1]


def _labels(lines: list[int]) -> list[Text]:
    """Find letters of the small font; in a title they are dark on light."""
    found = []
    shapes = _built_in()
    for top in range(len(lines) - LABEL + 1):
        is_title = top == _TITLE_TOP and lines[0] == (1 << 128) - 1 << 1
        letters = []
        left = 0
        while left <= 128 - LABEL:
            shape = tuple(
                (lines[top + row] >> left + 1 & 0xFF) ^ (0xFF if is_title else 0)
                for row in range(LABEL)
            )
            letter = shapes.get(shape)
            if letter:
                letters.append(Text(letter, LABEL, left, top, left + LABEL))
            left += LABEL if letter else 1
        found += _joined(letters, 2 * LABEL, LABEL)
    return found


def _joined(letters: list[Text], most: int, blank: int) -> list[Text]:
    """Join letters that stand beside one another on one line; a wider gap is a space."""
    found: list[Text] = []
    for one in sorted(letters, key=lambda letter: (letter.y, letter.x)):
        last = found[-1] if found else None
        if last and last.y == one.y and one.x - last.end < most:
            space = " " if one.x - last.end >= blank else ""
            found[-1] = Text(last.text + space + one.text, one.height, last.x, one.y, one.end)
        else:
            found.append(one)
    return found
