"""People at the door of the display node's page."""

import contextlib
import socket
from typing import TYPE_CHECKING

from .fault import Course, Fault

if TYPE_CHECKING:
    from ..matrix.stage import Stage

_VISITORS = 12
_STAY_S = 10  # longer than any visit may last
_STEP_S = 0.25
_BYTES = b"GET /api/state HTTP/1.1\r\nHost: 192.168.4.1\r\nUser-Agent: slow\r\n\r\n"


async def _open(stage: Stage) -> None:
    """Have the page served."""
    await stage.host.ask(stage.display, "set", wifi_mode="ap")
    await stage.world.until(lambda: stage.display.serves_page, 10, 0.1)


def _crowd(stage: Stage) -> Course:
    """A byte now and then from each of them; every third one sends what is no request."""
    host, port = stage.display.web_url.removeprefix("http://").split(":")
    visitors: list[socket.socket] = []
    for number in range(round(_STAY_S / _STEP_S)):
        if len(visitors) < _VISITORS:
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex((host, int(port)))
            visitors.append(one)
        for place, one in enumerate(visitors):
            byte = b"\xff\n" if place % 3 == 0 else _BYTES[number % len(_BYTES) :][:1]
            with contextlib.suppress(OSError):
                one.send(byte)
        yield _STEP_S
    for one in visitors:
        one.close()
    return True


FAULTS = [
    Fault("visitors", f"{_VISITORS} slow visitors at the node's page.", _crowd, prepare=_open),
]
