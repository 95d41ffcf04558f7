"""Looks for inputs that reach something new, and for those that crash."""

import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from types import FrameType
from typing import Any

from .coverage import Coverage
from .mutate import Mutator

HANG_S = 1.0  # of computing, for one input
MOST_MEMORY_KB = 64 * 1024  # more than before
_NEWEST = 10
_RATHER = 0.2
_TRIES_TO_SHORTEN = 400

type Run = Callable[[bytes], None]


class Hang(BaseException):
    """An input took too long; no `except Exception` swallows this."""


class Greed(Exception):
    """An input took too much memory."""


@dataclass
class Crash:
    """The first input that did this."""

    what: str
    where: str
    data: bytes
    story: str


@dataclass
class Found:
    """What came of a hunt."""

    executions: int = 0
    seconds: float = 0.0
    places: int = 0
    new: list[bytes] = field(default_factory=list)
    crashes: dict[str, Crash] = field(default_factory=dict)


class Hunt:
    """One target, its inputs, and what they reach."""

    def __init__(self, run: Run, folders: tuple[str, ...], words: list[bytes], seed: int) -> None:
        self._run = run
        self._folders = folders
        self._random = Random(seed)
        self._mutator = Mutator(self._random, words)
        self.coverage = Coverage(folders)
        self.found = Found()
        self.inputs: list[bytes] = []
        self.is_blind = False  # keeps nothing: to see what it is good for
        self.ends_at_first = False
        self.most = sys.maxsize  # executions
        signal.signal(signal.SIGVTALRM, _hang)

    def start(self, inputs: list[bytes]) -> None:
        """Take the inputs there are."""
        for data in inputs:
            self._try(data)
            self.inputs.append(data)

    def go(self, seconds: float, tell: Callable[[Found], None] = lambda _: None) -> Found:
        """Hunt for so long, counted in this process's own computing time; Ctrl-C ends it."""
        found = self.found
        began = time.process_time()
        told = began
        try:
            while (now := time.process_time()) - began < seconds:
                if now - told > 1:
                    told, found.seconds = now, now - began
                    tell(found)
                if found.executions >= self.most or (self.ends_at_first and found.crashes):
                    break
                data = self._mutator.changed(self._any(), self._random.choice(self.inputs))
                if self._try(data) and not self.is_blind:
                    self.inputs.append(data)
                    found.new.append(data)
        except KeyboardInterrupt:
            pass
        found.seconds = time.process_time() - began
        found.places = len(self.coverage.seen)
        return found

    def _any(self) -> bytes:
        """Return one of the inputs, rather one of the newest."""
        chance = self._random.random()
        if chance < _RATHER:
            return self.inputs[-1]
        return self._random.choice(self.inputs[-_NEWEST:] if chance < 2 * _RATHER else self.inputs)

    def _try(self, data: bytes) -> bool:
        """Run one input; tell whether it reached what none had reached before."""
        self.found.executions += 1
        crash = self.crash_of(data)
        if crash is None:
            return bool(self.coverage.new)
        if crash.where not in self.found.crashes:
            self.found.crashes[crash.where] = self._shortened(crash)
        return False

    def crash_of(self, data: bytes) -> Crash | None:
        """Run one input; return how it ended if not well."""
        before = _memory_kb()
        signal.setitimer(signal.ITIMER_VIRTUAL, HANG_S)
        try:
            self.coverage.begin()
            self._run(data)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            if _memory_kb() - before > MOST_MEMORY_KB:
                raise Greed(f"more than {MOST_MEMORY_KB >> 10} MB")
        except (Exception, Hang) as error:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            return self._told(data, error)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return None

    def _told(self, data: bytes, error: BaseException) -> Crash:
        root = error
        while root.__cause__ is not None:
            root = root.__cause__
        ours = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(root.__traceback__)
            if frame.filename.startswith(self._folders)
        ]
        where = "" if isinstance(error, Hang) else (ours or ["?"])[-1]
        what = f"{type(root).__name__}: {root}"[:200]
        story = "".join(traceback.format_exception(error))
        # Where a hang is interrupted says little.
        return Crash(what, f"{type(root).__name__} {where}".strip(), data, story)

    def _shortened(self, crash: Crash) -> Crash:
        """Return the same crash with as little input as is found in a moment."""
        if crash.where == Hang.__name__ or self._is_over(crash):
            return crash
        tries = _TRIES_TO_SHORTEN
        size = max(1, len(crash.data) // 2)
        while size and tries:
            at = 0
            while at < len(crash.data) and tries:
                tries -= 1
                shorter = self.crash_of(crash.data[:at] + crash.data[at + size :])
                if shorter is not None and shorter.where == crash.where:
                    crash = shorter
                else:
                    at += size
            size //= 2
        return crash

    def _is_over(self, crash: Crash) -> bool:
        """Tell whether from now on anything ends so, however harmless: then nothing shorter says more."""
        again = self.crash_of(self.inputs[0]) if self.inputs else None
        return again is not None and again.where == crash.where

    def smallest(self) -> list[bytes]:
        """Return as few and as short inputs as reach everything that all of them reach."""
        reached: list[tuple[bytes, set[Any]]] = []
        for data in sorted(set(self.inputs), key=len):
            self.coverage.all_of()
            if self.crash_of(data) is None:
                reached.append((data, set(self.coverage.new)))
        if not reached:  # a crash has left nothing to run them with
            return list(self.inputs)
        kept, done = [], set[Any]()
        while reached:
            data, places = max(reached, key=lambda one: (len(one[1] - done), -len(one[0])))
            if places <= done:
                break
            kept.append(data)
            done |= places
            reached.remove((data, places))
        return kept


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise Hang(f"more than {HANG_S:g} s")


def _memory_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
