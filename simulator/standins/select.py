"""`select` whose waiting is a request to the world; asyncio's poller is this one too.

asyncio polls a dozen times for each wait. As on a chip that costs no memory while nothing is ready: garbage
of ours would have the node collect more often than a chip does.
"""

import sys

import uselect
from uselect import POLLERR, POLLHUP, POLLIN, POLLOUT

import _link
import _operations as op

_MP_STREAM_POLL = 3
_STREAM, _SERIAL, _SOCKET = 0, 1, 2
_NOTHING = ()

_console = uselect.poll()


def _kind(one):
    if hasattr(one, "ioctl"):
        return _STREAM
    return _SERIAL if one is sys.stdin or one is sys.stdin.buffer else _SOCKET


class poll:
    def __init__(self):
        self._entries = {}
        self._wants = 0  # what the world has to look after while we wait
        self._sockets = None
        self._is_plain = False  # whether anything is ready stands in the flags of the newest answer

    def register(self, one, interest=POLLIN | POLLOUT):
        self._entries[id(one)] = (one, interest, _kind(one))
        self._note()

    def modify(self, one, interest):
        if id(one) not in self._entries:
            raise OSError(2)
        self._entries[id(one)] = (one, interest, self._entries[id(one)][2])
        self._note()

    def unregister(self, one):
        if self._entries.pop(id(one), None):
            self._note()

    def poll(self, timeout=-1):
        return list(self.ipoll(timeout))

    def ipoll(self, timeout=-1, once=0):
        found = self._wait(-1 if timeout is None else timeout)
        if once & 1:
            self._ignore(found)
        return iter(found)

    def _ignore(self, found):
        for one, _ in found:
            self.modify(one, 0)

    def _note(self):
        """Note what there is to wait for."""
        self._wants = 0
        self._sockets = None
        self._is_plain = not _link.is_real_time()
        for one, interest, kind in self._entries.values():
            if interest:
                self._note_one(one, interest, kind)

    def _note_one(self, one, interest, kind):
        if kind == _SOCKET:
            self._sockets = self._sockets or []
            self._sockets.append((one, interest))
        elif kind == _SERIAL:
            self._wants |= op.WANTS_SERIAL
        else:
            # a flag of the program's own may be set by a handler at any moment
            self._wants |= getattr(one, "wants", op.WANTS_EVENTS)
        if kind == _SOCKET or interest != POLLIN or self._wants & op.WANTS_EVENTS:
            self._is_plain = False

    def _wait(self, timeout):
        if timeout == 0 or self._ready():
            _link.look()  # asking is a moment at which interrupts may happen
            return self._ready()
        return self._wait_long(timeout)

    def _wait_long(self, timeout):
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
        """Return what is ready: each with what happened to it."""
        if self._is_plain and not _link.flags & self._wants:
            return _NOTHING
        return self._look_at_each()

    def _look_at_each(self):
        found = _NOTHING
        for one, interest, kind in self._entries.values():
            if not interest or kind == _SOCKET:
                continue
            happened = _typed(interest) if kind == _SERIAL else one.ioctl(_MP_STREAM_POLL, interest)
            if happened:
                found += ((one, happened),)
        if self._sockets:
            real = uselect.poll()
            for one, interest in self._sockets:
                real.register(one, interest)
            found += tuple(real.poll(0))
        return found


def _typed(interest):
    """Return what can be done with the serial line at once."""
    if interest == POLLIN and not (_link.is_real_time() or _link.flags & op.SERIAL_WAITING):
        return 0  # in virtual time nothing comes between two answers
    _console.register(sys.stdin, interest)
    for _, happened in _console.ipoll(0):
        return happened
    return 0


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
