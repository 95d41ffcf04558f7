"""World and boards on one core: in virtual time they take turns, and waking another core takes longer than a turn.

Which core that is, the kernel decides anew several times a second: another program may want ours.
"""

import contextlib
import ctypes
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .node import Node

STAY_S = 0.3


class OneCore:
    """The core of one world; without effect where a program cannot choose (macOS)."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self._can_choose = hasattr(os, "sched_setaffinity")
        self._allowed = os.sched_getaffinity(0) if self._can_choose else set[int]()
        self._shared = False
        self._until_s = 0.0
        self._current = getattr(ctypes.CDLL(None), "sched_getcpu", int)

    def look(self) -> None:
        """Gather where the kernel has put us; leave it the choice now and then."""
        now_s = time.monotonic()
        if now_s < self._until_s or not self._can_choose:
            return
        if self._shared:
            self.leave()  # until the next look: we are woken where there is room
            return
        self._until_s = now_s + STAY_S
        self._shared = True
        self._move({self._current()})

    def leave(self) -> None:
        """Go anywhere again."""
        if self._shared:
            self._shared = False
            os.sched_setaffinity(0, self._allowed)

    def _move(self, cores: set[int]) -> None:
        os.sched_setaffinity(0, cores)
        for node in self._nodes:
            if node.pid is not None:
                with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                    os.sched_setaffinity(node.pid, cores)
