"""One line for each step: its name, what came of it, how long it took, how big it is.

At a terminal the line counts seconds while the step is under way; elsewhere a line now and then says so.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REMIND_EVERY_S = 10  # a download over a slow line takes minutes
COUNT_EVERY_S = 1
USUAL_WIDTH = 80  # of a terminal that does not know its own
_ERASE = "\r\x1b[K"  # back to the beginning of the line, and nothing behind

_writing = threading.RLock()
_under_way: list[Step] = []  # the newest last: at a terminal, its line counts


def say(text: str) -> None:
    """Write a line for people; standard output stays free for what programs read."""
    with _writing:
        if _under_way and _can_erase():
            text = _ERASE + text
        print(text, file=sys.stderr, flush=True)
        _count()


class Step:
    """A step under way; set `result` to the few words its closing line should say."""

    def __init__(self, name: str = "", doing: str = "") -> None:
        """Nothing known yet."""
        self.name = name
        self.doing = doing
        self.result = "done"
        self.folder: Path | None = None
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has been under way."""
        return time.monotonic() - self.started


@contextmanager
def step(name: str, doing: str) -> Iterator[Step]:
    """Say what starts now, and at the end what it became, its seconds and megabytes."""
    now = Step(name, doing)
    if not _can_erase():
        say(f"{name:<17} {doing} ...")
    with _reminding(now):
        yield now
    size = f", {megabytes(now.folder)} MB" if now.folder else ""
    # The name once more: two jobs may be at work side by side.
    say(f"{name:<17} {now.result} ({now.seconds:.1f} s{size})")


@contextmanager
def _reminding(now: Step) -> Iterator[None]:
    """Show that a step is still under way."""
    over = threading.Event()
    at_terminal = _can_erase()

    def remind() -> None:
        while not over.wait(COUNT_EVERY_S if at_terminal else REMIND_EVERY_S):
            if at_terminal:
                _count()
            else:
                say(f"{now.name:<17} still at work, {now.seconds:.0f} s so far ...")

    with _writing:
        _under_way.append(now)
        _count()
    thread = threading.Thread(target=remind, daemon=True)
    thread.start()
    try:
        yield
    except BaseException:
        _end(thread, over, now, "\n")  # what failed stays to be read
        raise
    _end(thread, over, now, _ERASE)  # what ended well makes room for its result


def _end(thread: threading.Thread, over: threading.Event, now: Step, closing: str) -> None:
    """Count no more."""
    over.set()
    thread.join()
    with _writing:
        _under_way.remove(now)
        if _can_erase():
            _draw(now)  # another one may be newer
            print(closing, end="", file=sys.stderr, flush=True)


def _count() -> None:
    """At a terminal, write the line of the newest step anew."""
    with _writing:
        if _under_way and _can_erase():
            _draw(_under_way[-1])


def _draw(now: Step) -> None:
    """Write a step's line over what stands there; it is never longer than a line of that terminal."""
    line = f"{now.name:<17} {now.doing} ... {now.seconds:.0f} s"
    width = os.get_terminal_size(sys.stderr.fileno()).columns or USUAL_WIDTH
    print(_ERASE + line[: width - 1], end="", file=sys.stderr, flush=True)


def _can_erase() -> bool:
    """Tell whether messages go to a terminal that knows more than to write on."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def megabytes(folder: Path) -> int:
    """Size of a folder on disk; hard links within it count once."""
    seen = set()
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(os.path.join(root, name))  # noqa: PTH118 - 30,000 files: Path objects cost a second
            if status.st_ino not in seen:
                seen.add(status.st_ino)
                total += status.st_size
    return round(total / 1e6)
