"""Genuine frames of sensor nodes to the display node, and all that is made of them: lines, alarms, pages, JSON."""

import json

from . import board, frames

WATCHES = ("node", "display", "protocol")
MAC = bytes.fromhex("C00000A1A201")
KEY = bytes(range(16))
_MDS = [bytes.fromhex(one) for one in (
    "100289a302b040af925d09a4d89aa0128bdef48c6298a9",  # a battery monitor
    "100242a0016207adceb37b605d7e0ee21b24df5c",  # a solar charger
    "10020000ff0000000301020304",  # extended
)]  # fmt: skip


def _reading(md, mac=MAC):
    return mac + b"\xc4\x0a\x00" + bytes([len(md)]) + md


def _readings(*readings, challenge=bytes(4)):
    return bytes([len(readings)]) + challenge + b"".join(readings)


_FIXED = bytes(range(69))  # of a state: its numbers; longer than they are, cut where they end
SEEDS = [
    frames.packed(1, _readings(*map(_reading, _MDS), challenge=b"abcd")),
    frames.packed(1, _readings(_reading(_MDS[0])))
    + frames.packed(1, _readings(_reading(_MDS[1])), 1, 5, 2),
    frames.packed(1, _readings(_reading(_MDS[0]))) * 2,
    frames.packed(0x41, _readings(), sequence=9),
    frames.packed(2, b"12345678\x06"),
    frames.packed(5, _FIXED[:66] + b"\x050.1.0\x041.29\x03Bow\x00"),
]


def prepare():
    """Build a node once, so that everything is imported."""
    feed(seal(SEEDS[0]))


def seal(data):
    """Sign every frame."""
    return frames.seal(data, down=False)


def feed(sealed):
    """Let a fresh node take all frames, then show and tell everything."""
    board.begin()
    app = board.node("display")
    node = app.commands[-1][1]
    from display import key_store, web_state
    from display.keys import UNPROVED

    key_store.take(node.keys, {"mac": MAC.hex(), "key": KEY.hex(), "name": "Shunt"})
    node.keys.doubts = {}
    for mac, frame in frames.unpacked(sealed):
        md_at = frame.find(MAC) + len(MAC) + 4
        if 4 < md_at < len(frame) - 8 and frame[md_at + 7 : md_at + 8]:
            # The device's key is the one whose first byte its advertisement names.
            key = frame[md_at + 7 : md_at + 8] + KEY[1:]
            key_store.take(node.keys, {"mac": MAC.hex(), "key": key.hex(), "name": "Shunt"})
            node.keys.doubts = {}
        node.relay._gateway.take(mac, memoryview(frame), -60)
        node.watch.look()
        board.draw(node.face)
    node.keys.doubts = {MAC: UNPROVED}
    node.watch.look()
    for _ in range(3):
        node.face.press("short")
        board.draw(node.face)
    board.drive(node.relay.reporter._tell_all(), 40)
    state = "".join(web_state.pieces(node))
    json.loads(state)
    app.more_counters()
    return board.said(app) + state.encode()
