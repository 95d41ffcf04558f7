"""How long the world waits for a board that does not come back, in real time, and what it says then."""

import asyncio
from typing import TYPE_CHECKING

from .timeline import Timeline

if TYPE_CHECKING:
    from .node import Node

HOLD_S = 0.02  # the loop is held this long for a board that is computing: cheaper than a turn
LIMIT_S = 30.0  # far above the longest computation of a board; a slow machine must not matter


class StuckError(Exception):
    """A board neither asks nor waits, so that virtual time cannot go on."""


class Patience:
    """Virtual time's wait for computing boards, one after the other in their order."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self._timer: asyncio.TimerHandle | None = None
        self.limit_s = LIMIT_S

    def all_waiting(self, timeline: Timeline) -> bool:
        """Take what the boards do until all of them wait; False when one takes longer."""
        for node in self._nodes:
            while not node.waiting:
                if not node.attend(HOLD_S):
                    self._be_told(node, timeline)
                    return False
        self.stop()
        return True

    def stop(self) -> None:
        """Wait for nobody."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _be_told(self, node: Node, timeline: Timeline) -> None:
        """Go on when the board does something; complain when it does not."""

        def came_back() -> None:
            self.stop()
            timeline.look()

        def too_late() -> None:
            self._timer = None
            timeline.fail(StuckError(node.stuck(self.limit_s)))

        node.notify(came_back)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.limit_s, too_late)
