"""The alarm limits of the display node: kept equal to those set here."""

from collections import Counter
from collections.abc import Callable
from typing import Any, override

from .commands import NO_ACK
from .limits import NAMES, Limits, as_sent, in_force
from .link import Connection
from .push import Push

# Nothing that another limit would cure: its key did not get there, which is told already.
_TOLD_ELSEWHERE = "unknown_device"


class LimitPush(Push):
    """Sends the limits of every device, behind its key: the node takes none for a stranger."""

    def __init__(
        self,
        wanted: Callable[[], dict[str, Limits]],
        counters: Counter[str],
        tell: Callable[[], None],
    ) -> None:
        """Know what is wanted; `tell` is called when the answers may have changed."""
        super().__init__(counters)
        self.in_force: dict[str, dict[str, float]] = {}  # by address, as the node said last
        self._wanted = wanted
        self._tell = tell
        # A node that has not heard a device yet does not know which defaults are the device's.
        self.incomplete: set[str] = set()
        self._asked_again: set[str] = set()

    def begin(self) -> None:
        """Have everything sent to a node that knows nothing yet, or not any more."""
        self._asked_again.clear()
        self.request()

    def ask_again(self, mac: str) -> None:
        """A reading came through: now the node can tell what it could not tell before."""
        if mac in self.incomplete:
            self.incomplete.discard(mac)
            self._asked_again.add(mac)
            self.request()

    @override
    async def _sync(self, connection: Connection) -> bool:
        wanted = self._wanted()
        reasons = []
        refused = {}
        for mac, limits in wanted.items():
            reason, answer = await self._ask(connection, "limits", {"mac": mac, **as_sent(limits)})
            reasons.append(reason)
            if not reason:
                self._take(mac, answer)
            elif reason not in (NO_ACK, _TOLD_ELSEWHERE):
                refused[mac] = reason
        self.refused = refused
        self.in_force = {mac: found for mac, found in self.in_force.items() if mac in wanted}
        self._tell()
        return NO_ACK not in reasons

    def _take(self, mac: str, answer: dict[str, Any]) -> None:
        """Keep what the node tells; what it leaves out it told before, or will tell once."""
        found = in_force(answer)
        self.in_force[mac] = {**self.in_force.get(mac, {}), **found}
        if len(found) < len(NAMES) and mac not in self._asked_again:
            self.incomplete.add(mac)
