"""Genuine frames of the display node to a sensor node: answers, receipts, and the orders behind them."""

from . import board, frames

WATCHES = ("node", "sensor", "protocol")
CHALLENGE = b"abcd"


def _receipt(order=b""):
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


def prepare():
    """Build a node once, so that everything is imported."""
    feed(seal(SEEDS[0]))


def seal(data):
    """Sign every frame."""
    return frames.seal(data, down=True)


def feed(sealed):
    """Let a fresh node take each as an answer to its question and as a receipt, and live on."""
    board.begin()
    app = board.node("sensor")
    from sensor import hunt, uplink

    errands = app.commands[-1][1][1]
    link, downlink, session, home = app.more_measures[1]
    search = hunt.Hunt(link, downlink, session, home)
    for number, (mac, frame) in enumerate(frames.unpacked(sealed)):
        opened = session.open(mac, frame)
        if not opened:
            continue
        answer = search._answer(opened, CHALLENGE * 2)
        if answer:
            channel, floor_epoch, floor_sequence = answer
            session.jump_above(floor_epoch, floor_sequence)
            home.remember(mac, channel)
        receipt = uplink._receipt(opened, CHALLENGE)
        if receipt and receipt[0]:
            order, text = receipt[0]
            errands.obey(order + number, text)
            length = errands.pack(session.body)
            session.seal(length, 5, mac)
            errands.told(True)
    while board.TASKS:
        board.drive(board.TASKS.pop())
    return board.said(app, board.node("sensor"))
