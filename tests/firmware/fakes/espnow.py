"""An ESP-NOW radio that a test plays: `sent` is what went out, `arriving` what comes in."""

import io

from network import WLAN

MAX_DATA_LEN = 1470
_POLL = 3
_POLLIN = 1


class ESPNow(io.IOBase):
    sent = []  # (channel, mac, frame)
    arriving = []  # (mac, frame), or an exception
    on_send = None  # called with (channel, mac, frame); its result is the acknowledgement
    peers = []
    opened = False
    settings = {}
    reads = 0
    peers_table = {}

    def active(self, on):
        ESPNow.opened = on
        if not on:
            ESPNow.peers.clear()

    def config(self, **settings):
        ESPNow.settings.update(settings)

    def add_peer(self, mac, lmk=None, channel=0):
        if mac in ESPNow.peers:
            raise OSError(-12395)
        if len(ESPNow.peers) >= 20:
            raise OSError(-12392)
        ESPNow.peers.append(bytes(mac))

    def del_peer(self, mac):
        ESPNow.peers.remove(mac)

    def send(self, mac, frame, sync=True):
        if mac not in ESPNow.peers:
            raise OSError(-12393)
        ESPNow.sent.append((WLAN.channel, bytes(mac), bytes(frame)))
        if ESPNow.on_send:
            return ESPNow.on_send(WLAN.channel, bytes(mac), bytes(frame))
        return True

    def ioctl(self, request, interest):
        if request != _POLL:
            return -1
        return interest & _POLLIN if ESPNow.arriving else 0

    def irecv(self, timeout_ms):
        ESPNow.reads += 1
        if not ESPNow.arriving:
            return (None, None)
        found = ESPNow.arriving.pop(0)
        if isinstance(found, Exception):
            raise found
        mac, frame = found
        ESPNow.peers_table[mac] = [-50, 0]
        return [mac, bytearray(frame)]
