"""Lets the firmware run on CPython: MicroPython's modules as tests play them."""

import asyncio
import gc
import sys
import time
from collections.abc import Generator
from pathlib import Path
from types import ModuleType

from .on_board import board

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
FAKES = HERE.parent / "firmware" / "fakes"
FIRMWARE = (PROJECT / "firmware", PROJECT / "custom_components" / "victron_espnow")


class _Pause:
    """Gives way once, however long it was to last."""

    def __init__(self, ms: int) -> None:
        board.Clock.now_ms += max(0, ms)

    def __await__(self) -> Generator[None]:
        yield


def prepare(roots: tuple[Path, ...] = FIRMWARE) -> None:
    """Make the firmware in these folders importable, once for the process."""
    sys.path[:0] = [str(FAKES), *map(str, roots)]
    _module("micropython", const=lambda value: value, kbd_intr=lambda _: None)
    _module("framebuf", FrameBuffer=board.Canvas, MONO_VLSB=0)
    for name in ("ticks_ms", "ticks_us", "ticks_diff", "ticks_add", "sleep_ms"):
        setattr(time, name, getattr(board.Clock, name))
    _add(asyncio, sleep_ms=_Pause, StreamReader=lambda _: None, ThreadSafeFlag=asyncio.Event)
    _add(gc, mem_free=lambda: board.FREE, threshold=lambda _: None, collect=lambda: 0)
    _add(sys, print_exception=lambda error, stream: None)
    board.prepare()


def _module(name: str, **content: object) -> None:
    sys.modules[name] = ModuleType(name)
    _add(sys.modules[name], **content)


def _add(module: ModuleType, **content: object) -> None:
    for name, value in content.items():
        setattr(module, name, value)
