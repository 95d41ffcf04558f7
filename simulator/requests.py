"""What a node can ask of the world: one function for each operation of the wire.

A function returns the result, or bytes (whose length is the result), or None to answer later.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .flash_requests import FLASH_REQUESTS
from .radio import RingDamagedError
from .standins import _operations as op
from .wifi_requests import WIFI_REQUESTS, aborts

if TYPE_CHECKING:
    from .node import Node

CHANNELS = range(1, 14)
_NOTHING = -1
_NOT_NOW = -2
_DAMAGED = -3


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire."""

    number: int
    a: int
    b: int
    c: int
    body: bytes

    @property
    def operation(self) -> int:
        """Return what is asked for."""
        return self.number & ~(op.IN_HANDLER | op.BELATED | op.POSTED)

    @property
    def in_handler(self) -> bool:
        """Tell whether an interrupt handler asks: no further interrupts then."""
        return bool(self.number & op.IN_HANDLER)

    @property
    def belated(self) -> bool:
        """Tell whether what the handler reacts to was held back for a while."""
        return bool(self.number & op.BELATED)

    @property
    def posted(self) -> bool:
        """Tell whether nobody waits for an answer."""
        return bool(self.number & op.POSTED)


type Answer = int | bytes | None


def _start(node: Node, request: Request) -> Answer:
    board = node.mac + bytes([node.cause]) + node.chip.blocks.to_bytes(2, "little")
    switches = op.VIEWS_LAST * node.views_last | op.IRQ_LASTS * node.irq_survives
    node.answer(int(node.world.timeline.real), board + bytes([switches]) + node.seed)
    return None


def _turn(node: Node, request: Request) -> Answer:
    return 0


def _wait(node: Node, request: Request) -> Answer:
    node.begin_wait(None if request.a < 0 else request.a * 1000 + request.b, request.c)
    return None


def _reset(node: Node, request: Request) -> Answer:
    node.tell("reset", cause=request.a)
    if not node.usb_console:
        node.uart.flush()
    if request.a == op.DEEP_SLEEP:
        node.deep_sleep(request.b)
    else:
        node.reset(request.a)
    return None


def _crashed(node: Node, request: Request) -> Answer:
    node.has_crashed(request.body.decode("utf-8", "replace"))
    return 0


def _log(node: Node, request: Request) -> Answer:
    node.tell("log", text=request.body.decode("utf-8", "replace"))
    return 0


def _scan(node: Node, request: Request) -> Answer:
    if request.a < 0:
        node.end_scan()
    else:
        node.begin_scan(request.a, min(1.0, request.c / max(1, request.b)))
    node.tell("scan", on=request.a >= 0)
    return 0


def _bluetooth(node: Node, request: Request) -> Answer:
    node.radio.bluetooth = bool(request.a)
    node.end_scan()
    return None if request.a and aborts(node) else 0


def _interface(node: Node, request: Request) -> Answer:
    if request.b >= 0:
        node.radio.interfaces[request.a] = bool(request.b)
        if not node.radio.interfaces[0]:
            node.station.reset()
    return int(node.radio.interfaces[request.a])


def _channel(node: Node, request: Request) -> Answer:
    if request.a:
        if request.a not in CHANNELS:
            return _NOTHING
        if node.station.owns_channel:
            return _NOT_NOW
        if request.a != node.radio.channel:
            node.tell("channel", channel=request.a)
        node.radio.channel = request.a
    return node.radio.channel


def _espnow(node: Node, request: Request) -> Answer:
    node.radio.start_espnow(bool(request.a), request.b)
    return 0


def _send(node: Node, request: Request) -> Answer:
    radio = node.radio
    if not radio.on:
        return -2
    if request.b not in (0, radio.channel):
        return -3
    radio.sent += 1
    life = node.life

    def done(acknowledged: bool) -> None:
        if node.life != life:
            return  # the board has restarted since
        radio.responses += 1
        radio.failures += not acknowledged
        if request.a:
            node.answer(int(acknowledged))

    node.world.air.send(node, request.body[:6], request.body[6:], done)
    return None if request.a else 1


def _receive(node: Node, request: Request) -> Answer:
    if request.a:
        node.radio.empty()
        return 0
    try:
        return node.radio.next(node.world.air.conditions.ring_of_1_28)
    except RingDamagedError:
        return _DAMAGED


def _statistics(node: Node, request: Request) -> Answer:
    return node.radio.statistics


def _i2c_write(node: Node, request: Request) -> Answer:
    device = node.i2c.get(request.a)
    if device is None:
        return _NOTHING
    device.write(request.body)
    return len(request.body)


def _i2c_read(node: Node, request: Request) -> Answer:
    device = node.i2c.get(request.a)
    return _NOTHING if device is None else device.read(request.b)


def _i2c_scan(node: Node, request: Request) -> Answer:
    return bytes(sorted(node.i2c))


def _nvs_get(node: Node, request: Request) -> Answer:
    value = node.nvs.get(request.body)
    return _NOTHING if value is None else value


def _nvs_set(node: Node, request: Request) -> Answer:
    node.nvs.set(request.body)
    return 0


def _nvs_erase(node: Node, request: Request) -> Answer:
    return 0 if node.nvs.erase(request.body) else _NOTHING


def _nvs_commit(node: Node, request: Request) -> Answer:
    return 0 if node.nvs.commit() else None


def _rtc_memory_get(node: Node, request: Request) -> Answer:
    return node.rtc_memory


def _rtc_memory_set(node: Node, request: Request) -> Answer:
    node.rtc_memory = request.body
    return 0


def _rtc_set(node: Node, request: Request) -> Answer:
    node.rtc_offset_s = request.a - node.world.timeline.now_us // 1_000_000
    return 0


def _watchdog(node: Node, request: Request) -> Answer:
    node.feed_watchdog(request.a)
    return 0


def _pin_write(node: Node, request: Request) -> Answer:
    node.pins[request.a] = request.b
    return 0


def _pin_read(node: Node, request: Request) -> Answer:
    return node.pins.get(request.a, 1)  # inputs are pulled up


def _heap(node: Node, request: Request) -> Answer:
    node.heap_report = (request.a, request.b)
    return 0


def _interrupt_byte(node: Node, request: Request) -> Answer:
    node.uart.interrupt_byte = request.a
    return 0


REQUESTS: dict[int, Callable[[Node, Request], Answer]] = {
    op.START: _start,
    op.TURN: _turn,
    op.WAIT: _wait,
    op.RESET: _reset,
    op.CRASHED: _crashed,
    op.LOG: _log,
    op.SCAN: _scan,
    op.BLE_ACTIVE: _bluetooth,
    op.WLAN_ACTIVE: _interface,
    op.CHANNEL: _channel,
    op.ESPNOW_ACTIVE: _espnow,
    op.SEND: _send,
    op.RECEIVE: _receive,
    op.STATISTICS: _statistics,
    op.I2C_WRITE: _i2c_write,
    op.I2C_READ: _i2c_read,
    op.I2C_SCAN: _i2c_scan,
    op.NVS_GET: _nvs_get,
    op.NVS_SET: _nvs_set,
    op.NVS_ERASE: _nvs_erase,
    op.NVS_COMMIT: _nvs_commit,
    op.RTC_MEMORY_GET: _rtc_memory_get,
    op.RTC_MEMORY_SET: _rtc_memory_set,
    op.RTC_SET: _rtc_set,
    op.WATCHDOG: _watchdog,
    op.PIN_WRITE: _pin_write,
    op.PIN_READ: _pin_read,
    op.HEAP_INFO: _heap,
    **WIFI_REQUESTS,
    **FLASH_REQUESTS,
    op.INTERRUPT_BYTE: _interrupt_byte,
}
