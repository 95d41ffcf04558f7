"""Which firmware this is, and which MicroPython it was made for."""

import sys

__version__ = "0.1.0"

# Before 1.29 a stranger's long ESP-NOW frame wipes the receive ring (modespnow.c, PR#16737).
WANTED = (1, 29)


def running() -> str:
    """Return the version of the interpreter, "1.29.0"."""
    return ".".join(str(part) for part in sys.implementation.version[:3])


def is_as_wanted() -> bool:
    """Tell whether the interpreter is at least the one this firmware was made for."""
    return tuple(sys.implementation.version[:2]) >= WANTED
