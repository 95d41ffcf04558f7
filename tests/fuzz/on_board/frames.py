"""Radio frames as inputs: a byte for the length, then the frame; sealed, its sender's address stands in front of it."""

from . import board

OTHER_SENSOR = bytes.fromhex("240AC4000003")
SENDERS = (board.SENSOR_MAC, OTHER_SENSOR, bytes.fromhex("020000000000"))
_MAC = 6


def pieces(data):
    """Yield what lies behind each length."""
    at = 0
    while at < len(data):
        yield data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]


def seal(data, down):
    """Put version, site and direction right and sign it: a genuine sender's frame, whatever it says otherwise.

    The first byte chooses the sender.
    """
    from protocol import authentication, radio_frame

    sealed = b""
    for piece in pieces(data):
        frame = bytearray(piece[: radio_frame.MAX_FRAME - radio_frame.TAG - _MAC - 1])
        source = board.DISPLAY_MAC if down else SENDERS[frame[0] % len(SENDERS) if frame else 0]
        own = board.SENSOR_MAC if down else board.DISPLAY_MAC
        if len(frame) >= 4:
            frame[0] = radio_frame.VERSION
            frame[1] = frame[1] & 0x7F | (radio_frame.DOWN_FLAG if down else 0)
            frame[2:4] = authentication.site_tag(board.SITE_KEY).to_bytes(2, "little")
            to = radio_frame.BROADCAST if frame[1] & radio_frame.BROADCAST_FLAG else own
            key = authentication.node_key(board.SITE_KEY, own if down else source)
            frame += authentication.hmac_sha256(key, bytes(frame), source, to)[: radio_frame.TAG]
        sealed += bytes([_MAC + len(frame)]) + source + frame
    return sealed


def unpacked(sealed):
    """Yield address and frame."""
    for piece in pieces(sealed):
        if len(piece) >= _MAC:
            yield piece[:_MAC], piece[_MAC:]


def packed(kind, body, sender=0, epoch=5, sequence=1):
    """Return one frame as an input."""
    head = (
        bytes([sender, kind])
        + bytes(2)
        + epoch.to_bytes(4, "little")
        + sequence.to_bytes(4, "little")
    )
    frame = head + bytes(14) + body
    return bytes([len(frame)]) + frame
