"""The life of the link: opened, served, and opened again whenever it was lost."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

from homeassistant.components import usb
from homeassistant.core import callback

from . import issues
from .const import DOMAIN, LOGGER, RETRY_FIRST_S, RETRY_MAX_S
from .link import Connection, connect
from .port import LinkError, shown

if TYPE_CHECKING:
    from .hub import Hub


class LinkKeeper:
    """Holds the one connection to a display node."""

    def __init__(self, hub: Hub) -> None:
        """Know whose port it is; nothing is opened yet."""
        self.connection: Connection | None = None
        self._hub = hub
        self._task: asyncio.Task[None] | None = None
        self._retry_now = asyncio.Event()

    async def async_open(self) -> None:
        """Open the port and hear the hello, or raise LinkError and leave the port closed."""
        connection = await connect(self._hub.url, self._hub.counters)
        try:
            self._hub.take_hello(await connection.greet())
        except BaseException:
            await connection.close()
            raise
        self.connection = connection

    @callback
    def async_start(self) -> None:
        """Begin to read."""
        hub = self._hub
        self._task = hub.entry.async_create_background_task(
            hub.hass, self._keep(), f"{DOMAIN} {shown(hub.url)}"
        )
        hub.entry.async_on_unload(
            usb.async_register_port_event_callback(hub.hass, self._on_port_event)
        )

    async def async_stop(self) -> None:
        """Stop reading and close the port."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            self._task = None
        await self._close()

    async def _close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            await connection.close()

    async def _keep(self) -> None:
        """Serve the link for ever; between losses wait 1, 2, 4 … 60 s, or for a new USB device."""
        hub = self._hub
        delay = RETRY_FIRST_S
        trouble = ""
        while True:
            try:
                self._retry_now.clear()
                if self.connection is None:
                    await self.async_open()
                delay = RETRY_FIRST_S
                trouble = ""
                hub.set_connected(True)
                await self._serve()
            except LinkError as err:
                hub.counters["link_lost" if hub.connected else "link_failed"] += 1
                hub.set_connected(False, err)
                issues.report_link(hub.hass, hub.entry, err, again=err.reason == trouble)
                trouble = err.reason
            except Exception:
                # A fault of ours in one line must not end the link for good.
                hub.counters["fault"] += 1
                LOGGER.exception("Unexpected error on %s", shown(hub.url))
                hub.set_connected(False)
            finally:
                await self._close()
            try:
                async with asyncio.timeout(delay):
                    await self._retry_now.wait()
                delay = RETRY_FIRST_S
            except TimeoutError:
                delay = min(2 * delay, RETRY_MAX_S)

    async def _serve(self) -> None:
        """Handle lines until the link is lost."""
        assert self.connection is not None
        connection = self.connection
        handle = self._hub.incoming.handle
        settings = self._hub.settings
        settings.begin()
        pushers = [asyncio.create_task(push.run(connection)) for push in settings.pushes]
        try:
            while True:
                line = await connection.next_line()
                began = time.monotonic()
                handle(line)
                connection.budget.worked(time.monotonic() - began)
        finally:
            for pusher in pushers:
                pusher.cancel()
            await asyncio.wait(pushers)

    @callback
    def _on_port_event(self, added: set[Any], _removed: set[Any]) -> None:
        """Retry at once when something was plugged in."""
        if added:
            self._retry_now.set()
