"""Which firmware this is, and which MicroPython runs it."""

import sys

__version__ = "0.1.0"


def running() -> str:
    """Return the version of the interpreter, "1.29.0"."""
    return ".".join(str(part) for part in sys.implementation.version[:3])
