"""A pseudoterminal as the cable to a board: with the speed that was set there, without DTR and RTS."""

import asyncio
import contextlib
import os
import pty
import termios
import tty
from collections.abc import Iterator

from .board import Board

SPEEDS = {getattr(termios, f"B{baud}"): baud for baud in (115200, 230400, 460800, 921600)}
LOOK_AGAIN_S = 0.05  # whether somebody has opened the port


@contextlib.contextmanager
def cable(board: Board, loop: asyncio.AbstractEventLoop) -> Iterator[str]:
    """Connect a board that lives in this loop; give the path of the port."""
    side, other = pty.openpty()
    path = os.ttyname(other)
    tty.setraw(other)
    os.close(other)  # who has it open is "in use"
    os.set_blocking(side, False)

    def listen() -> None:
        loop.add_reader(side, take)

    def take() -> None:
        try:
            data = os.read(side, 4096)
        except OSError:  # nobody has the other side
            loop.remove_reader(side)
            loop.call_later(LOOK_AGAIN_S, listen)
            return
        board.feed(data, SPEEDS.get(termios.tcgetattr(side)[tty.OSPEED], 0))

    def hear(data: bytes) -> None:
        with contextlib.suppress(BlockingIOError):  # nobody reads: lost, as on a wire
            os.write(side, data)

    board.auto_reset = False
    board.hear = hear
    loop.call_soon_threadsafe(listen)
    yield path
    # the loop ends with its board, and the side with it
