"""The last that a display node is told of keys: to keep none, when its entry or the consent is gone."""

import asyncio
import contextlib
from collections import Counter

from homeassistant.config_entries import ConfigEntry

from .commands import CommandError
from .const import LOGGER, PARTING_S
from .key_push import held_macs
from .link import Connection, connect
from .port import LinkError
from .protocol.errors import ProtocolError
from .settings import may_push_keys


async def async_take_keys_back(entry: ConfigEntry, port: str) -> bool:
    """Have the node forget what it was given; False if it did not.

    The port is free, for the entry is unloaded.
    """
    if not may_push_keys(entry.data):
        return True
    try:
        async with asyncio.timeout(PARTING_S):
            await _take_back(entry, port)
    except (LinkError, CommandError, ProtocolError, TimeoutError) as err:
        LOGGER.warning("%s keeps the keys that it has (%s)", entry.title, str(err) or "timeout")
        return False
    return True


async def _take_back(entry: ConfigEntry, port: str) -> None:
    connection = await connect(port, Counter())
    try:
        hello = await connection.greet()
        if hello.mac != entry.unique_id:
            raise LinkError("other_node")
        reader = asyncio.create_task(_read(connection))
        try:
            answer = await connection.command("devices", {})
            for mac in held_macs(answer):
                await connection.command("forget", {"mac": mac})
        finally:
            reader.cancel()
            await asyncio.wait((reader,))
    finally:
        await connection.close()


async def _read(connection: Connection) -> None:
    """Hear the answers; whatever else comes is of no interest any more."""
    with contextlib.suppress(LinkError):
        while True:
            await connection.next_line()
