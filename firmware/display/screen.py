"""Drawing on the canvas: labels in the built-in 8-pixel font, digits and words in our own.

Nothing stands in the last columns, from ROOM on, and in the last row: there the picture moves to, now and then.
"""

from framebuf import MONO_VLSB

ROOM = 125
LETTER = 8  # width and height of the built-in font
GAP = 1
SPACE = 5  # between two words
_BLACK = 0


def clear(canvas) -> None:
    """Make everything black."""
    canvas.fill(_BLACK)


def label(canvas, text: str, x: int, y: int) -> None:
    """Write a small text; the built-in font knows ASCII only."""
    canvas.text("".join(one if " " <= one <= "~" else "?" for one in text), x, y, 1)


def label_right(canvas, text: str, right: int, y: int) -> None:
    """Write a small text that ends at `right`."""
    label(canvas, text, right - LETTER * len(text), y)


def width_of(font: tuple, text: str, gap: int = GAP) -> int:
    """Return how wide a number or a word will be."""
    _, letters, widths, _ = font
    width = -gap
    for one in text:
        width += gap + (SPACE if one == " " else widths[letters.index(one)])
    return width


def number(canvas, font: tuple, text: str, x: int, y: int, gap: int = GAP) -> int:
    """Write a number or words; return where they end."""
    height, letters, widths, pixels = font
    for one in text:
        width = SPACE
        if one != " ":
            place = letters.index(one)
            width = widths[place]
            start = sum(widths[:place]) * height // 8
            glyph = pixels[start : start + width * height // 8]
            canvas.blit((glyph, width, height, MONO_VLSB), x, y)
        x += width + gap
    return x - gap


def quantity(canvas, font: tuple, digits: str, unit: str, right: int, y: int) -> None:
    """Write a number with a small unit, both standing on one line and ending at `right`."""
    unit_left = right - LETTER * len(unit)
    label(canvas, unit, unit_left, y + font[0] - LETTER)
    number(canvas, font, digits, unit_left - 1 - width_of(font, digits), y)


def part(text: str, letters: int, tick: int) -> str:
    """Return a text that is too long in turn from its beginning and up to its end, by which names differ."""
    return text[-letters:] if len(text) > letters and tick // 6 % 2 else text[:letters]
