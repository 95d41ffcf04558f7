"""Processes whose memory lies at the same addresses in each run.

MicroPython's collector takes every word that looks like an address for one (py/gc.c), so that with
random addresses the free heap, which nodes tell in their health, would differ by some bytes each time.
"""

import contextlib
import ctypes
from collections.abc import Iterator

_ADDR_NO_RANDOMIZE = 0x0040000  # linux/personality.h
_ASK = 0xFFFFFFFF

ENVIRONMENT = {"LC_ALL": "C"}  # the caller's has any length, and lies on the stack


@contextlib.contextmanager
def steady_addresses() -> Iterator[None]:
    """Start programs without random addresses; where that is forbidden (some containers), with them."""
    personality = ctypes.CDLL(None).personality
    personality.argtypes = [ctypes.c_ulong]
    before = personality(_ASK)
    personality(before | _ADDR_NO_RANDOMIZE)
    try:
        yield
    finally:
        personality(before)
