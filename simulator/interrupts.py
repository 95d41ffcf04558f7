"""What interrupts a board, in order, each with the time at which it happened.

In virtual time a sleeping board is not woken for every advertisement: they are gathered and handed over
together, for waking a process costs more than anything else in the twin. The handler cannot tell:
it gets every one, and the clock it reads is that of the moment the advertisement came. It is a
simplification only for a program that acts on an advertisement at once; so gathering ends for a board
whose handler asks the world for anything or prints, and there is none while the program waits for a
flag of its own.
Whoever looks at the board from outside finds nothing held back.
"""

from collections import deque
from collections.abc import Callable

from .standins import _operations as op
from .timeline import Event, Timeline

GATHER_US = 250_000
_MOST_GATHERED = 32  # the stand-in's buffer holds a few more


class Interrupts:
    """The queue of one life of a board."""

    def __init__(
        self,
        timeline: Timeline,
        wake: Callable[[], None],
        handled: Callable[[int, bytes, int], None],
    ) -> None:
        self.gather_us = 0 if timeline.real else GATHER_US  # 0: each at once
        self.urgent = False
        self._timeline = timeline
        self._wake = wake
        self._handled = handled  # told of each, with the time that the board will see
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._free_since = 0  # until then the program or a handler held the interpreter
        self._timer: Event | None = None

    def __len__(self) -> int:
        """Return how many were not handed over yet."""
        return len(self._waiting)

    def post(self, kind: int, rest: bytes, can_wait: bool) -> None:
        """Note that something happened; `can_wait` when a sleeping program need not know at once."""
        now = self._timeline.now_us
        self._waiting.append((now, bytes([kind]) + len(rest).to_bytes(2, "little") + rest))
        if not (can_wait and self.gather_us) or len(self._waiting) >= _MOST_GATHERED:
            self._be_urgent()
        elif self._timer is None and not self.urgent:
            self._timer = self._timeline.after(self.gather_us, self._be_urgent)

    def hand_over(self) -> None:
        """Let the board know now what was gathered for it."""
        if self._waiting:
            self._be_urgent()

    def busy_until_now(self) -> None:
        """Note that nothing could interrupt the board up to now."""
        self._free_since = self._timeline.now_us

    def take(self) -> bytes:
        """Return as much as fits into one answer; each with its age when it is handed over."""
        self.stop()
        now = self._timeline.now_us
        taken = bytearray()
        while self._waiting and len(taken) + len(self._waiting[0][1]) + 4 <= op.MAX_EVENTS:
            happened, event = self._waiting.popleft()
            age = 0 if self._timeline.real else now - max(happened, self._free_since)
            self._handled(event[0], event[3:], now - age)
            taken += age.to_bytes(4, "little") + event
        self.urgent = bool(self._waiting)
        return bytes(taken)

    def stop(self) -> None:
        """Wake nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _be_urgent(self) -> None:
        self.urgent = True
        self.stop()
        self._wake()
