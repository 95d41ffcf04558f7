"""The alarm limits of the display node: kept equal to those set here."""

from collections import Counter
from collections.abc import Callable
from typing import override

from .limits import Limits, as_sent, in_force
from .link import NO_ACK, Connection
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

    @override
    async def _sync(self, connection: Connection) -> bool:
        wanted = self._wanted()
        reasons = []
        refused = {}
        for mac, limits in wanted.items():
            reason, answer = await self._ask(connection, "limits", {"mac": mac, **as_sent(limits)})
            reasons.append(reason)
            if not reason:
                self.in_force[mac] = in_force(answer)
            elif reason not in (NO_ACK, _TOLD_ELSEWHERE):
                refused[mac] = reason
        self.refused = refused
        self.in_force = {mac: found for mac, found in self.in_force.items() if mac in wanted}
        self._tell()
        return NO_ACK not in reasons
