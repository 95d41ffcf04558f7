"""Lines of text, on the pages that are not there for long."""

from display import screen
from display.oled import WIDTH
from display.screen import LETTER

_BLACK = 0


def title(canvas, text: str, right: str = "") -> None:
    """Write the first line dark on light, which catches the eye."""
    canvas.fill_rect(0, 0, WIDTH, LETTER + 3, 1)
    canvas.text(text, 2, 2, _BLACK)
    canvas.text(right, WIDTH - 2 - LETTER * len(right), 2, _BLACK)


def label_centred(canvas, text: str, y: int) -> None:
    """Write a small text in the middle."""
    screen.label(canvas, text, (WIDTH - LETTER * len(text)) // 2, y)


def wrapped(text: str, letters: int = WIDTH // LETTER) -> list:
    """Return a text in lines that fit, broken between words; a longer word is cut."""
    lines = [""]
    for word in text.split(" "):
        longer = (lines[-1] + " " + word) if lines[-1] else word
        if len(longer) <= letters:
            lines[-1] = longer
        else:
            lines.append(word[:letters])
    return lines


def cut(text: str) -> list:
    """Return a text in lines that are full: for names, where spaces mean nothing."""
    letters = WIDTH // LETTER
    return [text[at : at + letters] for at in range(0, len(text), letters)]
