"""How bright the OLED is, and where its picture stands; borrowed twice a minute.

The pixels of a panel fade with the time that they are lit. So the picture moves: to the right by up to three
columns, and from time to time its first line goes below the others, which lifts them by eight rows.
"""

import time

MOVE_EVERY_S = 180
_RIGHT = (0, 1, 2, 3, 2, 1)
FIRST_LINE = 8  # rows
_NO_CLOCK = 2024  # a board that nobody told the time believes in an earlier year


def at(options, seconds: int) -> tuple:
    """Return (brightness, columns to the right, rows up) at this time."""
    step = seconds // MOVE_EVERY_S
    up = FIRST_LINE if step // len(_RIGHT) % 2 else 0
    return _brightness(options, time.localtime()), _RIGHT[step % len(_RIGHT)], up


def _brightness(options, now: tuple) -> int:
    """Return that of the night in its hours, as far as somebody wants one and the hour is known."""
    night = options["night_brightness"]
    start, end = options["night_from"], options["night_to"]
    is_night = (now[3] - start) % 24 < (end - start) % 24
    return night if night and is_night and now[0] >= _NO_CLOCK else options["brightness"]
