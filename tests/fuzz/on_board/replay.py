"""Feeds inputs to a target on MicroPython: replay.py TARGET FILE PATHS...; in FILE each is a line of hex.

For each one line goes out: what the board has said, in hex, or "!" and what has happened.
"""

import asyncio
import binascii
import gc
import io
import os
import sys
import time

name, inputs = sys.argv[1:3]
sys.path[:] = sys.argv[3:] + [".frozen"]


def stand_in(module, **instead):
    """Put something of ours in the place of what a built-in module has."""

    class StandIn:
        pass

    for one in dir(module):
        setattr(StandIn, one, staticmethod(getattr(module, one)))
    for one, ours in instead.items():
        setattr(StandIn, one, staticmethod(ours))
    sys.modules[module.__name__] = StandIn


class Pause:
    """Gives way once, however long it was to last."""

    def __init__(self, ms):
        board.Clock.now_ms += max(0, ms)

    def __iter__(self):
        yield


def replay(target, data):
    """Return what came of one input."""
    try:
        return binascii.hexlify(target.feed(data) or b"").decode()
    except Exception as error:
        story = io.StringIO()
        sys.print_exception(error, story)
        lines = [line.strip() for line in story.getvalue().split("\n")]
        return "! " + " | ".join(lines)


stand_in(os)
stand_in(gc, mem_free=lambda: board.FREE)
from fuzz.on_board import board

clock = {
    one: getattr(board.Clock, one) for one in dir(board.Clock) if "ms" in one or "ticks" in one
}
stand_in(time, **clock)
asyncio.sleep_ms = Pause
board.prepare()
target = getattr(__import__("fuzz.on_board." + name).on_board, name)
target.prepare()
with open(inputs) as file:
    for line in file:
        print(replay(target, binascii.unhexlify(line.strip())))
