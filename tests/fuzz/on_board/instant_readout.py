"""Advertisements of one Victron device, rightly encrypted: decoded, judged, shown on every page, told in every way."""

import json

from . import board, frames

WATCHES = ("display", "protocol")
KEY = bytes.fromhex("0102030405060708090a0b0c0d0e0f10")
MAC = bytes.fromhex("C00000A1A201")
_HEADER = 8  # bytes; the plaintext of the payload lies behind


def _seeds():
    """One of each record: zeros, and all bits set, which is "not available"."""
    kinds = list(range(0x10)) + [0xFF]
    return [
        bytes([_HEADER + 16, 0x10, 2, 0x89, 0xA3, kind, nonce, 0, 0]) + payload
        for kind in kinds
        for nonce, payload in ((1, bytes(16)), (2, b"\xff" * 16))
    ]


SEEDS = _seeds()


def prepare():
    """Build a node once, so that everything is imported."""
    feed(seal(SEEDS[0]))


def seal(data):
    """Encrypt each payload with the device's key, and name that key by its first byte."""
    from protocol.aes import key_stream

    sealed = b""
    for piece in frames.pieces(data):
        md = bytearray(piece)
        if len(md) >= _HEADER:
            md[7] = KEY[0] if md[4] != 0xFF else md[7]  # extended records have their type there
            stream = key_stream(KEY, bytes(md))
            payload = bytes(one ^ two for one, two in zip(md[_HEADER:], stream))
            md[_HEADER : _HEADER + len(payload)] = payload
        sealed += bytes([len(md)]) + md
    return sealed


def feed(sealed):
    """Have a display node hear them all; tell what each says, too."""
    from protocol.errors import ProtocolError
    from protocol.instant_readout import decode, judge_key

    mds = list(frames.pieces(sealed))
    told = []
    for md in mds:
        try:
            reading = decode(md, KEY)
        except ProtocolError as error:
            if error.reason == ProtocolError.reason:
                raise
            told.append(error.reason)
            continue
        assert reading.plausible in (True, False)
        assert not any(
            one != one or one - one for one in reading.fields.values() if type(one) is float
        )
        told.append(json.dumps(reading.fields))
    verdict = judge_key(mds, KEY)
    assert verdict in ("right", "wrong", "undecided")
    told.append(verdict)
    return "\n".join(told).encode() + _show(mds)


def _show(mds):
    board.begin()
    app = board.node("display")
    node = app.commands[-1][1]
    from display import key_store, web_state

    key_store.take(node.keys, {"mac": MAC.hex(), "key": KEY.hex(), "name": "Shunt", "place": 0})
    node.relay.nodes.of(board.SENSOR_MAC).present = True
    shown = ""
    for md in mds:
        if not 8 <= len(md) <= 27:
            continue
        node.keys.doubts = {}
        node.relay._take(board.SENSOR_MAC, MAC, -60, 0, md)
        node.watch.look()
        node.watch.acknowledge()
        for _ in range(2):
            board.draw(node.face)
        state = "".join(web_state.pieces(node))
        json.loads(state)
        shown += "\n" + state
    return board.said(app) + shown.encode()
