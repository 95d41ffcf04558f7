"""Which lines and branches of ours have ever been reached: each is told once, and costs nothing afterwards."""

import sys
from types import CodeType

_TOOL = 4  # sys.monitoring has six places; 0 to 2 and 5 are spoken for
_EVENTS = sys.monitoring.events

type Place = tuple[str, str, int, int]  # file, function, line or instruction, where to


class Coverage:
    """`seen` grows; `new` are the places that the newest run was the first to reach."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self.seen: set[Place] = set()
        self.new: set[Place] = set()
        sys.monitoring.use_tool_id(_TOOL, "fuzz")
        for event in (_EVENTS.BRANCH_LEFT, _EVENTS.BRANCH_RIGHT):
            sys.monitoring.register_callback(_TOOL, event, self._branch)
        sys.monitoring.register_callback(_TOOL, _EVENTS.LINE, self._line)
        # For good: switching it on and off takes longer than most runs.
        sys.monitoring.set_events(_TOOL, _EVENTS.LINE | _EVENTS.BRANCH_LEFT | _EVENTS.BRANCH_RIGHT)

    def close(self) -> None:
        """Watch nothing any more."""
        sys.monitoring.set_events(_TOOL, 0)
        sys.monitoring.free_tool_id(_TOOL)

    def begin(self) -> None:
        """From now on note anew what is reached for the first time."""
        self.new = set()

    def all_of(self) -> None:
        """Have everything told once more: what follows is a run whose places are all of interest."""
        self.seen = set()
        sys.monitoring.restart_events()

    def _line(self, code: CodeType, line: int) -> object:
        self._note(code, line, 0)
        return sys.monitoring.DISABLE

    def _branch(self, code: CodeType, offset: int, to: int) -> object:
        self._note(code, offset, to)
        return sys.monitoring.DISABLE

    def _note(self, code: CodeType, first: int, second: int) -> None:
        if not code.co_filename.startswith(self._folders):
            return
        place = (code.co_filename, code.co_qualname, first, second)
        if place not in self.seen:
            self.seen.add(place)
            self.new.add(place)
