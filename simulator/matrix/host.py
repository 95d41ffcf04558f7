"""Home Assistant as far as the boards notice: it asks again until it is answered, and may be away."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..node import Node, NodeError

if TYPE_CHECKING:
    from ..replay import Device
    from ..world import World

_TRY_S = 2.0
_PAUSE_S = 0.5
PATIENCE_S = 90.0


class StuckError(Exception):
    """A board did not answer for so long that it will not."""


class Host:
    """Gives commands."""

    def __init__(self, world: World) -> None:
        self.away = False
        self.provisions = 0  # sent; each has the board restart
        self.changed_keys: list[Device] = []  # that somebody has typed in
        self.on_command: Callable[[], None] | None = None  # the first command from now on begins
        self._world = world

    async def ask(self, node: Node, command: str, /, **arguments: object) -> dict[str, Any]:
        """Give a command until it is acknowledged; a refusal may be the fault's doing, too."""
        end = self._world.now + PATIENCE_S
        reason = ""
        while self._world.now < end:
            if self.away:
                await self._world.sleep(_PAUSE_S)
                continue
            self.provisions += command == "provision"
            if self.on_command is not None:
                begun, self.on_command = self.on_command, None
                begun()
            try:
                return await node.command(command, _TRY_S, **arguments)
            except NodeError as error:
                reason = str(error).splitlines()[0]
            await self._world.sleep(_PAUSE_S)
        raise StuckError(f"{command}: {reason}")
