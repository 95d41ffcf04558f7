"""`espnow` of 1.29 (ports/esp32/modespnow.c); the receive buffer is the world's, as it is the radio's."""

import io

import _link
import _operations as op

MAX_DATA_LEN = 1470
ADDR_LEN = 6
KEY_LEN = 16
MAX_TOTAL_PEER_NUM = 20
MAX_ENCRYPT_PEER_NUM = 6

_POLLIN = 1
_POLLOUT = 4
_ETIMEDOUT = 110


def _error(number, name):
    return OSError(-number, "ESP_ERR_" + name)


_NOT_INIT = (12389, "ESPNOW_NOT_INIT")
_ARGUMENT = (12390, "ESPNOW_ARG")
_FULL = (12392, "ESPNOW_FULL")
_NOT_FOUND = (12393, "ESPNOW_NOT_FOUND")
_EXISTS = (12395, "ESPNOW_EXIST")
_INTERFACE = (12396, "ESPNOW_IF")


class ESPNow(io.IOBase):
    wants = op.WANTS_FRAME
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)
            cls._only._start()
        return cls._only

    def __init__(self):
        pass

    def _start(self):
        self._active = False
        self._rxbuf = 2 * (8 + 6 + MAX_DATA_LEN)
        self._timeout_ms = 300000
        self._peers = {}
        self._callback = None
        self._packet = _link.frame
        self._view = memoryview(self._packet)
        self._pair = [None, bytearray(MAX_DATA_LEN)]
        self._given = (None, 0)  # a bytearray of the caller and how long it may be again
        self.peers_table = {}
        _link.handlers[op.FRAME_ARRIVED] = self._arrived

    def active(self, on=None):
        if on is not None:
            self._active = bool(on)
            if not on:
                self._peers = {}
                self._callback = None
            _link.frame_length = 0
            _link.ask(op.ESPNOW_ACTIVE, int(self._active), self._rxbuf)
        return self._active

    def config(self, *names, **values):
        for name in names:
            if name == "rxbuf":
                return self._rxbuf
            if name == "timeout_ms":
                return self._timeout_ms
            raise ValueError("unknown config param")
        for name, value in values.items():
            if name == "rxbuf":
                self._rxbuf = value
            elif name == "timeout_ms":
                self._timeout_ms = value
            elif name != "rate":
                raise ValueError("unknown config param")
        return None

    def set_pmk(self, key):
        if len(key) != KEY_LEN:
            raise ValueError("invalid buffer length")

    # peers

    def add_peer(self, mac, lmk=None, channel=0, ifidx=0, encrypt=False):
        self._need_active()
        mac = self._mac(mac)
        if mac in self._peers:
            raise _error(*_EXISTS)
        if len(self._peers) >= MAX_TOTAL_PEER_NUM:
            raise _error(*_FULL)
        self._peers[mac] = (mac, lmk or bytes(KEY_LEN), channel, ifidx, encrypt)

    def mod_peer(self, mac, lmk=None, channel=0, ifidx=0, encrypt=False):
        self._need_active()
        self._peers[self._known(mac)] = (bytes(mac), lmk or bytes(KEY_LEN), channel, ifidx, encrypt)

    def get_peer(self, mac):
        return self._peers[self._known(mac)]

    def del_peer(self, mac):
        self._need_active()
        del self._peers[self._known(mac)]

    def get_peers(self):
        return tuple(self._peers.values())

    def peer_count(self):
        return (len(self._peers), sum(1 for peer in self._peers.values() if peer[4]))

    def _mac(self, mac):
        if len(mac) != ADDR_LEN:
            raise ValueError("ESPNow: bytes or bytearray wrong length")
        return bytes(mac)

    def _known(self, mac):
        mac = self._mac(mac)
        if mac not in self._peers:
            raise _error(*_NOT_FOUND)
        return mac

    def _need_active(self):
        if not self._active:
            raise _error(*_NOT_INIT)

    # sending

    def send(self, mac, message=None, sync=True):
        self._need_active()
        if message is None:
            return self._send_all(mac)
        if mac is None:
            return self._send_all(message, sync)
        return self._send(self._known(mac), message, sync)

    def _send_all(self, message, sync=True):
        if not self._peers:
            raise _error(*_NOT_FOUND)
        results = [self._send(mac, message, sync) for mac in self._peers]  # to all, come what may
        return all(results)

    def _send(self, mac, message, sync):
        if isinstance(message, str):
            message = message.encode()
        if not 0 < len(message) <= MAX_DATA_LEN:
            raise _error(*_ARGUMENT)
        channel = self._peers[mac][2]
        result = _link.ask(op.SEND, int(bool(sync)), channel, body=mac + bytes(message))
        if result == -2:
            raise _error(*_INTERFACE)
        if result == -3:
            raise _error(*_ARGUMENT)  # the peer's channel is not the present one
        if result < 0:
            raise OSError(_ETIMEDOUT)
        return bool(result)

    # receiving

    def any(self):
        _link.turn()
        return bool(_link.flags & op.FRAME_WAITING)

    def recvinto(self, data, timeout_ms=None):
        self._need_active()
        length = self._fetch(self._timeout_ms if timeout_ms is None else timeout_ms)
        if length < 0:
            return 0
        mac = bytes(self._view[:ADDR_LEN])
        rssi = self._packet[ADDR_LEN]
        rssi = rssi - 256 if rssi > 127 else rssi
        time_ms = int.from_bytes(self._view[ADDR_LEN + 1 : ADDR_LEN + 5], "little")
        self.peers_table[mac] = [rssi, time_ms]
        buffer = data[1]
        start = ADDR_LEN + 5
        if length > self._room(buffer):
            # the real one throws the whole receive buffer away here
            _link.frame_length = 0
            _link.ask(op.RECEIVE, 1)
            raise ValueError("ESPNow.recv(): buffer error")
        if isinstance(buffer, bytearray) and len(buffer) != length:
            # a bytearray is given the length of the message, as the real one does
            buffer[:] = self._view[start : start + length]
        else:
            buffer[:length] = self._view[start : start + length]
        data[0] = mac
        if len(data) > 2:
            data[2] = rssi
        if len(data) > 3:
            data[3] = time_ms
        return length

    def irecv(self, timeout_ms=None):
        if self.recvinto(self._pair, timeout_ms):
            return self._pair
        return (None, None)

    def recv(self, timeout_ms=None):
        mac, message = self.irecv(timeout_ms)
        return (None, None) if mac is None else [mac, bytes(message)]

    def _room(self, buffer):
        """Return how much fits: a bytearray that was shortened to a message keeps its room."""
        if buffer is self._pair[1]:
            return MAX_DATA_LEN
        if buffer is not self._given[0]:
            self._given = (buffer, len(buffer))
        return self._given[1]

    def _fetch(self, timeout_ms):
        """Take one packet; returns the length of its message, -1 when none came in time."""
        end = None if timeout_ms < 0 else _link.utime.ticks_add(_link.ticks_ms(), timeout_ms)
        while True:
            length = self._take()
            if length > 0:
                return length - ADDR_LEN - 5
            if length < 0:
                raise ValueError("ESPNow.recv(): buffer error")
            left = -1 if end is None else _link.utime.ticks_diff(end, _link.ticks_ms())
            if end is not None and left <= 0:
                return -1
            _link.wait(left * 1000 if left >= 0 else _link.FOREVER, op.WANTS_FRAME)

    def _take(self):
        if not _link.flags & op.FRAME_WAITING and _link.knows():
            return 0
        return _link.take_frame() or _link.ask(op.RECEIVE, into=self._packet)

    def irq(self, callback, argument=None):
        self._callback = callback
        self._argument = self if argument is None else argument

    def _arrived(self, _):
        if self._callback:
            _link.schedule(self._callback, self._argument)

    def stats(self):
        numbers = _link.ask_body(op.STATISTICS)
        return tuple(int.from_bytes(numbers[at : at + 4], "little") for at in range(0, 20, 4))

    # stream

    def ioctl(self, request, interest):
        if request == 3:
            waiting = _POLLIN if _link.flags & op.FRAME_WAITING else 0
            return interest & (waiting | _POLLOUT)
        return -1

    def __iter__(self):
        return self

    def __next__(self):
        return self.irecv() if self._active else [None, None]
