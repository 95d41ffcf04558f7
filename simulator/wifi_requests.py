"""What a node can ask of its Wi-Fi station: one function for each operation of the wire."""

import struct
from typing import TYPE_CHECKING

from .standins import _operations as op

if TYPE_CHECKING:
    from .access_point import AccessPoint
    from .node import Node
    from .requests import Answer, Request

_NOTHING = -1
_FOUND = struct.Struct("<6sBbB")  # BSSID, channel, RSSI, length of the SSID that follows
_ABORT = b"\r\nShould enable WiFi modem sleep when both WiFi and Bluetooth are enabled!!!!!!\r\nabort()\r\n"


def _connect(node: Node, request: Request) -> Answer:
    ssid, _, key = request.body.decode().partition("\0")
    return int(node.station.connect(ssid or None, key)) - 1


def _disconnect(node: Node, request: Request) -> Answer:
    node.station.disconnect()
    return 0


def _status(node: Node, request: Request) -> Answer:
    return node.station.status


def _strength(node: Node, request: Request) -> Answer:
    one = node.station.access_point
    return -_rssi(node, one) if one else _NOTHING  # results below 0 are errors


def _scan(node: Node, request: Request) -> Answer:
    life = node.life

    def done(found: list[AccessPoint]) -> None:
        if node.life != life:
            return
        body = b"".join(
            _FOUND.pack(one.bssid, one.channel, _rssi(node, one), len(one.ssid.encode()))
            + one.ssid.encode()
            for one in found
        )
        node.answer(len(body), body)

    node.station.scan(done)
    return None


def _rssi(node: Node, one: AccessPoint) -> int:
    return max(-127, round(node.world.air.mean_strength(one.name, node.name)))


def _reconnects(node: Node, request: Request) -> Answer:
    node.station.reconnects = request.a
    return 0


def _power_save(node: Node, request: Request) -> Answer:
    if request.a >= 0:
        node.station.power_mode = request.a
    if node.radio.bluetooth and aborts(node):
        return None
    return node.station.power_mode


def _listen(node: Node, request: Request) -> Answer:
    return node.serve(request.a)


def aborts(node: Node) -> bool:
    """Panic where ESP-IDF does: Bluetooth without modem sleep (esphome/issues#2181)."""
    if node.station.power_mode or not node.radio.on:
        return False
    if not node.world.air.conditions.abort_without_modem_sleep:
        return False
    node.tell("abort", reason="modem sleep is off beside Bluetooth")
    node.uart.emit(_ABORT)
    node.reset()
    return True


WIFI_REQUESTS = {
    op.WIFI_CONNECT: _connect,
    op.WIFI_DISCONNECT: _disconnect,
    op.WIFI_STATUS: _status,
    op.WIFI_STRENGTH: _strength,
    op.WIFI_SCAN: _scan,
    op.WIFI_RECONNECTS: _reconnects,
    op.POWER_SAVE: _power_save,
    op.LISTEN: _listen,
}
