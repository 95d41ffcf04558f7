"""Genuine frames of the display node to a sensor node: answers, receipts, and the orders behind them."""

from pathlib import Path
from typing import Any

from .. import board, frames

WATCHES = ("node", "sensor", "protocol")
CHALLENGE = b"abcd"


def _receipt(order: bytes = b"") -> bytes:
    behind = (4711).to_bytes(4, "little") + bytes([len(order)]) + order if order else b""
    return CHALLENGE + (7).to_bytes(4, "little") + b"\x06" + behind


SEEDS = [
    frames.packed(0x83, CHALLENGE * 2 + b"\x0b" + bytes(8)),
    frames.packed(0x84, _receipt()),
    frames.packed(0x84, _receipt(b'{"scan_duty":50,"sleep_s":5}')),
    frames.packed(0x84, _receipt(b'{"allow":["C00000A1A201"],"name":"Bow"}'))
    + frames.packed(0x84, _receipt(b'{"allow_more":["C00000A1A202"]}')),
    frames.packed(0x84, _receipt(b'{"identify":true,"survey":9}')),
    frames.packed(0x84, _receipt(b'{"reboot":true}')),
]


def prepare(roots: tuple[Path, ...]) -> None:
    """Build a node once, so that everything is imported."""
    board.prepare(roots)
    feed(seal(SEEDS[0]))


def seal(data: bytes) -> bytes:
    """Sign every frame."""
    return frames.seal(data, down=True)


def feed(sealed: bytes) -> None:
    """Let a fresh node take each as an answer to its question and as a receipt, and live on."""
    board.begin()
    app = board.node("sensor")
    uplink = _part(app, "Uplink")
    from sensor import uplink as module

    for number, (mac, frame) in enumerate(frames.unpacked(sealed)):
        opened = uplink._session.open(mac, frame)
        if not opened:
            continue
        answer = uplink._hunt._answer(opened, CHALLENGE * 2)
        if answer:
            channel, floor_epoch, floor_sequence = answer
            uplink._session.jump_above(floor_epoch, floor_sequence)
            uplink._home.remember(mac, channel)
        receipt = module._receipt(opened, CHALLENGE)
        if receipt and receipt[0]:
            order, text = receipt[0]
            uplink._errands.obey(order + number, text)
            length = uplink._errands.pack(uplink._session.body)
            uplink._session.seal(length, 5, mac)
            uplink._errands.told(True)
    while board.TASKS:
        board.drive(board.TASKS.pop())
    board.check_output(app)
    board.check_output(board.node("sensor"))


def _part(app: Any, name: str) -> Any:
    """Return the part whose task the app has."""
    return next(run.__self__ for _, run in app._jobs if type(run.__self__).__name__ == name)
