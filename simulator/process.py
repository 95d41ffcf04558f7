"""One life of a node: the MicroPython process, its three pipes and the wire to the world.

In real time the loop hears the process whenever it speaks. In virtual time the world does, node by
node in their order (`attend`): which of two processes was faster must not be seen anywhere.
"""

import asyncio
import contextlib
import os
import select
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from .interpreter import micropython
from .steady import ENVIRONMENT, steady_addresses

_STANDINS = Path(__file__).parent / "standins"
_CHUNK = 8192


class Process:
    """Started once, ended once."""

    def __init__(
        self,
        folder: Path,
        entry: str,
        paths: list[Path],
        heap: int,
        real_time: bool,
        on_request: Callable[[bytes], None],
        on_output: Callable[[bytes], None],
        on_error: Callable[[bytes], None],
        on_end: Callable[[int], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_request, self._on_output = on_request, on_output
        self._on_error, self._on_end = on_error, on_end
        self._ended = False
        # A socket pair instead of a port: nobody else can join, and it closes with either end.
        self._wire, theirs = socket.socketpair()
        self._wire.setblocking(False)
        input_theirs, self.input = os.pipe()
        self._output, output_theirs = os.pipe()
        self._errors, errors_theirs = os.pipe()
        # fmt: off
        command = [
            micropython(), "-X", f"heapsize={heap}", str(_STANDINS / "_boot.py"),
            f"{theirs.fileno():05}", entry, str(_STANDINS), *map(str, paths),
        ]
        # fmt: on
        with steady_addresses():
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=ENVIRONMENT,
                stdin=input_theirs,
                stdout=output_theirs,
                stderr=errors_theirs,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # a terminal's Ctrl-C reaches us alone, and we end it in order
            )
        theirs.close()
        for pipe in (input_theirs, output_theirs, errors_theirs):
            os.close(pipe)
        for pipe in (self.input, self._output, self._errors):
            os.set_blocking(pipe, False)
        self._real_time = real_time
        self._readers = {self._wire.fileno(): self._wire_readable, self._output: self.drain}
        self._poll = select.poll()
        self._poll.register(self._wire, select.POLLIN)
        if real_time:
            for reader, callback in self._readers.items():
                self._loop.add_reader(reader, callback)
            self._loop.add_reader(self._errors, self._errors_readable)

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def answer(self, data: bytes) -> None:
        """Send an answer; the node waits for it, so that there is always room."""
        if not self._ended:
            with contextlib.suppress(ConnectionError):
                self._wire.send(data)

    def attend(self, seconds: float) -> bool:
        """Wait a moment for the node's next request, and take it; False when nothing came.

        What it prints is taken then, all at once: in which pieces it came must not be seen.
        """
        if self._poll.poll(seconds * 1000):
            self._wire_readable()
            return True
        return self.drain()  # more than the pipe holds may have been printed

    def notify(self, callback: Callable[[], None]) -> None:
        """Have the callback called once, when the node does something."""

        def happened() -> None:
            for reader in self._readers:
                self._loop.remove_reader(reader)
            callback()

        for reader in self._readers:
            self._loop.add_reader(reader, happened)

    @property
    def computing(self) -> bool:
        """Tell whether it computes; else it waits for something that is not the world."""
        state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "R"

    def catch_up(self) -> None:
        """Take what the node has printed before its request, always in the same order."""
        self.drain()
        if not self._ended and not self._real_time:
            self._errors_readable()

    def drain(self) -> bool:
        """Take what the node has printed up to now; False when that is nothing."""
        came = False
        while not self._ended:
            data = self._read(self._output)
            if data is None:
                break
            came = True
            if not data:
                self._end()
                break
            self._on_output(data)
        return came

    def kill(self) -> None:
        """End the process and everything that joins us to it; `on_end` is not told."""
        if self._ended:
            return
        self._process.kill()
        self._close()

    def _wire_readable(self) -> None:
        try:
            data = self._wire.recv(_CHUNK)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self.drain()
            self._end()
            return
        self._on_request(data)

    def _errors_readable(self) -> None:
        data = self._read(self._errors)
        if data:
            self._on_error(data)
        elif data is not None:
            self._loop.remove_reader(self._errors)

    def _read(self, pipe: int) -> bytes | None:
        try:
            return os.read(pipe, _CHUNK)
        except BlockingIOError:
            return None

    def _end(self) -> None:
        """The process ended by itself."""
        if self._ended:
            return
        last_words = self._read(self._errors)
        if last_words:
            self._on_error(last_words)
        self._process.kill()  # the wire is closed: whatever it still does, it is not part of this
        self._on_end(self._close())

    def _close(self) -> int:
        self._ended = True
        for reader in (*self._readers, self._errors):
            self._loop.remove_reader(reader)
        self._wire.close()
        for pipe in (self.input, self._output, self._errors):
            os.close(pipe)
        return self._process.wait()
