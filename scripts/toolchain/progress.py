"""One line for each step: its name, what came of it, how long it took, how big it is."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REMIND_EVERY_S = 20  # a download over a slow line takes minutes


def say(text: str) -> None:
    """Write a line for people; standard output stays free for what programs read."""
    print(text, file=sys.stderr, flush=True)


class Step:
    """A step under way; set `result` to the few words its closing line should say."""

    def __init__(self) -> None:
        """Nothing known yet."""
        self.result = "done"
        self.folder: Path | None = None


@contextmanager
def step(name: str, doing: str) -> Iterator[Step]:
    """Say what starts now, and at the end what it became, its seconds and megabytes."""
    say(f"{name:<17} {doing} ...")
    started = time.monotonic()
    now = Step()
    with reminding(name, started):
        yield now
    size = f", {megabytes(now.folder)} MB" if now.folder else ""
    # The name once more: two jobs may be at work side by side.
    say(f"{name:<17} {now.result} ({time.monotonic() - started:.1f} s{size})")


@contextmanager
def reminding(name: str, started: float) -> Iterator[None]:
    """Say now and then that a step is still under way."""
    over = threading.Event()

    def remind() -> None:
        while not over.wait(REMIND_EVERY_S):
            say(f"{name:<17} still at work, {time.monotonic() - started:.0f} s so far ...")

    thread = threading.Thread(target=remind, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


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
