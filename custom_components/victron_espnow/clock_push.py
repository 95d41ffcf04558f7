"""The time on the display node's clock: it has none of its own while the power is off."""

from typing import override

from homeassistant.util import dt as dt_util

from .commands import NO_ACK
from .link import Connection
from .push import Push


class ClockPush(Push):
    """Sends the time, and by how much the clocks on the wall are ahead of UTC."""

    @override
    async def _sync(self, connection: Connection) -> bool:
        now = dt_util.now()
        offset = now.utcoffset()
        assert offset is not None
        args = {"unix": int(now.timestamp()), "offset_s": int(offset.total_seconds())}
        reason, _ = await self._ask(connection, "time", args)
        return reason != NO_ACK
