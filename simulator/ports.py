"""The node's serial port for the host: a TCP server (socket://…) and a pseudo-terminal."""

import asyncio
import contextlib
import errno
import os
import pty
import select
import tty
from pathlib import Path

from .uart import Uart

LOOPBACK = "127.0.0.1"
_LOOK_AGAIN_S = 0.05
_NONE = -1
_BACKLOG = 1 << 18  # a client that does not read loses bytes, as with a real port


class TcpPort(asyncio.Protocol):
    """One client at a time, like a port that can be opened once."""

    def __init__(self, uart: Uart) -> None:
        self._uart = uart
        self._server: asyncio.Server | None = None
        self._client: asyncio.Transport | None = None
        self._forget = uart.listen(self._send)
        self._plugged = True
        self.port = 0

    async def open(self, port: int = 0) -> None:
        """Listen on loopback; 0 chooses a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Client(self), LOOPBACK, port)
        self.port = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """Return what a serial library opens."""
        return f"socket://{LOOPBACK}:{self.port}"

    @property
    def connected(self) -> bool:
        """Tell whether a client has the port open."""
        return self._client is not None

    def unplug(self) -> None:
        """Drop the client and take no other: the cable is out."""
        self._plugged = False
        self.disconnect()

    def plug(self) -> None:
        """Be there again."""
        self._plugged = True

    def disconnect(self) -> None:
        """Drop the client."""
        if self._client is not None:
            self._client.abort()
            self._client = None

    async def close(self) -> None:
        """Drop the client and stop listening."""
        self._forget()
        self.disconnect()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def opened(self, transport: asyncio.Transport) -> None:
        """Take a client, or refuse the second."""
        if self._client is not None or not self._plugged:
            transport.abort()
            return
        self._client = transport
        self._uart.on_open()

    def closed(self, transport: asyncio.BaseTransport | None) -> None:
        """Be free for the next client."""
        if transport is self._client:
            self._client = None

    def received(self, transport: asyncio.BaseTransport | None, data: bytes) -> None:
        """Pass the client's bytes on."""
        if transport is self._client:
            self._uart.feed(data)

    def _send(self, data: bytes) -> None:
        if self._client is not None and self._client.get_write_buffer_size() < _BACKLOG:
            self._client.write(data)


class _Client(asyncio.Protocol):
    def __init__(self, port: TcpPort) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._port.opened(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.closed(self._transport)

    def data_received(self, data: bytes) -> None:
        self._port.received(self._transport, data)


class PtyPort:
    """A pseudo-terminal; nobody listening means that the bytes are lost, as on a wire."""

    def __init__(self, uart: Uart, link: Path) -> None:
        self._uart = uart
        self._loop = asyncio.get_running_loop()
        self._reading = False
        self._master = _NONE
        self.path = link
        self.plug()
        self._forget = uart.listen(self._send)

    def plug(self) -> None:
        """Let the terminal appear."""
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))
        os.close(slave)
        self._timer = self._loop.call_later(0, self._look)

    def unplug(self) -> None:
        """Let the terminal vanish; whoever has it open reads its end."""
        if self._master == _NONE:
            return
        self._timer.cancel()
        self._stop_reading()
        os.close(self._master)
        self._master = _NONE
        self.path.unlink(missing_ok=True)

    async def close(self) -> None:
        """Take the port away."""
        self._forget()
        self.unplug()

    def _look(self) -> None:
        """Notice that somebody has opened the port: until then reading only says 'hung up'."""
        if not self._reading and not self._hung_up():
            self._reading = True
            self._loop.add_reader(self._master, self._readable)
            self._uart.on_open()
        self._timer = self._loop.call_later(_LOOK_AGAIN_S, self._look)

    def _hung_up(self) -> bool:
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        return any(happened & select.POLLHUP for _, happened in poll.poll(0))

    def _readable(self) -> None:
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            self._stop_reading()
            return
        self._uart.feed(data)

    def _stop_reading(self) -> None:
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._master)

    def _send(self, data: bytes) -> None:
        if self._master == _NONE or self._hung_up():
            return
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)
