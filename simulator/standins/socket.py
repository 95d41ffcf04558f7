"""`socket`: connections are the machine's own, but a board serves on loopback only, on a port of its own."""

import usocket
from usocket import *  # noqa: F403  everything else is the real one

import _link
import _operations as op

_ANY = "0.0.0.0"


def getaddrinfo(host, port, *rest):
    if host == _ANY:
        host, port = "127.0.0.1", _link.ask(op.LISTEN, port)
    return usocket.getaddrinfo(host, port, *rest)
