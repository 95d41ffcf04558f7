"""Requests to the display node's web server."""

import os
import sys

from . import board

WATCHES = ("display/web_request.py", "display/web_answers.py", "display/web_state.py")
_HOST = b"Host: 192.168.4.1\r\n"
SEEDS = [
    b"GET / HTTP/1.1\r\n" + _HOST + b"User-Agent: x\r\nAccept: */*\r\n\r\n",
    b"GET /api/state HTTP/1.1\r\nHost: victron.local:80\r\n\r\n",
    b"HEAD /words/de HTTP/1.0\r\n\r\n",
    b"GET /icon.png?x=1 HTTP/1.1\n" + _HOST + b'If-None-Match: "0102030405060708"\n\n',
    b"POST /api/state HTTP/1.1\r\n" + _HOST + b"Content-Length: 2\r\n\r\n{}",
    b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nCookie: " + b"a" * 300 + b"\r\n\r\n",
]
_PAGES = {"page.html.gz", "page.json.gz", "page.png", "page.de.gz"}
_STATUS = {200, 304, 400, 404, 405, 413, 414, 421, 431}


class Socket:
    """Has nothing left to read."""

    def read(self, size):
        return None


class Stream:
    """Gives a request in the pieces that its reader asks for, and takes the answer."""

    def __init__(self, data):
        self._data = data
        self.s = Socket()
        self.answer = b""

    async def read(self, size):
        piece, self._data = self._data[:size], self._data[size:]
        return piece

    def write(self, data):
        self.answer += bytes(data)

    async def drain(self):
        pass


def prepare():
    """Build a node that has something to tell, and pages to serve."""
    global _node
    board.begin()
    _node = board.node("display").commands[-1][1]
    _node.relay._take(board.SENSOR_MAC, bytes(6), -60, 0, bytes.fromhex("10028BA30200000001020304"))
    for name in _PAGES:
        with open(name, "wb") as file:
            file.write(bytes(range(40)))
    sys.path.append(os.getcwd())  # as a board's own folder


def seal(data):
    """A request has nothing that proves it."""
    return data


def feed(sealed):
    """Have it answered; whatever is served is a page or the state, and nothing else."""
    from display import web_answers

    opened = []

    def opening(path, mode):
        opened.append(path.split("/")[-1])
        return open(path, mode)

    web_answers.open = opening
    stream = Stream(sealed)
    board.drive(web_answers.answer(stream, _node), 1000)
    assert set(opened) <= _PAGES, opened
    answer = stream.answer
    if answer:
        status = int(answer.split(b" ")[1])
        assert status in _STATUS
        assert b"\r\n\r\n" in answer
        assert status in (200, 304) or len(answer) < 400
    return answer
