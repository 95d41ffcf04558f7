"""`select` whose waiting is a request to the world; asyncio's poller is this one too."""

import sys

import uselect
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT

import _link
import _operations as op

_MP_STREAM_POLL = 3


def _is_serial(one):
    return one is sys.stdin or one is sys.stdin.buffer


class poll:
    def __init__(self):
        self._entries = {}

    def register(self, one, interest=POLLIN | POLLOUT):
        self._entries[id(one)] = (one, interest)

    def modify(self, one, interest):
        if id(one) not in self._entries:
            raise OSError(2)
        self._entries[id(one)] = (one, interest)

    def unregister(self, one):
        self._entries.pop(id(one), None)

    def poll(self, timeout=-1):
        return list(self.ipoll(timeout))

    def ipoll(self, timeout=-1, once=0):
        found = self._wait(-1 if timeout is None else timeout)
        if once & 1:
            for one, _ in found:
                self._entries[id(one)] = (one, 0)
        return iter(found)

    def _wait(self, timeout):
        found = self._ready()
        if found or timeout == 0:
            _link.look()  # asking is a moment at which interrupts may happen
            return self._ready()
        end = None if timeout < 0 else _link.utime.ticks_add(_link.ticks_ms(), timeout)
        left = timeout * 1000
        while True:
            over = _link.wait(_link.FOREVER if end is None else left, self._wants, self._sockets)
            found = self._ready()
            if found:
                return found
            if end is not None:
                left = _link.utime.ticks_diff(end, _link.ticks_ms()) * 1000
                if left <= 0 or (over and not _link.timers):
                    return found

    def _ready(self):
        """List what is ready; notes on the way what the world has to look after."""
        found = []
        sockets = []
        serial = None
        self._wants = 0
        for one, interest in self._entries.values():
            if not interest:
                continue
            if hasattr(one, "ioctl"):
                # a flag of the program's own may be set by a handler at any moment
                self._wants |= getattr(one, "wants", op.WANTS_EVENTS)
                happened = one.ioctl(_MP_STREAM_POLL, interest)
                if happened:
                    found.append((one, happened))
            elif _is_serial(one):
                serial = (one, interest)
            else:
                sockets.append((one, interest))
        if serial:
            self._wants |= op.WANTS_SERIAL
            self._look(found, (serial,))
        if sockets:
            self._look(found, sockets)
        self._sockets = sockets or None
        return found

    def _look(self, found, entries):
        real = uselect.poll()
        for one, interest in entries:
            real.register(one, interest)
        for one, happened in real.poll(0):
            found.append((one, happened))


def select(readers, writers, errors, timeout=None):
    poller = poll()
    for one in readers:
        poller.register(one, POLLIN)
    for one in writers:
        poller.register(one, POLLOUT | (POLLIN if one in readers else 0))
    found = poller.poll(-1 if timeout is None else int(timeout * 1000))
    return (
        [one for one, happened in found if happened & POLLIN],
        [one for one, happened in found if happened & POLLOUT],
        [one for one, happened in found if happened & (POLLERR | POLLHUP) and one in errors],
    )
