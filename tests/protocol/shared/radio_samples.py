"""One site, one sensor node, one display node, and frames between them."""

from protocol import radio
from protocol.authentication import hmac_sha256

SITE_KEY = bytes(range(16))
SENSOR = b"\x02\x00\x00\x00\x00\x01"
DISPLAY = b"\x02\x00\x00\x00\x00\x02"
STRANGER = b"\x02\x00\x00\x00\x00\x99"
VICTRON = b"\xc0\x00\x00\x00\x00\x07"
SITE_TAG = radio.site_tag(SITE_KEY)
KEY = radio.node_key(SITE_KEY, SENSOR)
MD = bytes(range(0x10, 0x10 + 23))
EPOCH = 1800000000
COUNTERS = (1, 2, 3, 4)


def keys(mac):
    return KEY if mac == SENSOR else None


def seal(
    body=bytes(5),
    kind=radio.READINGS,
    flags=0,
    site_tag=SITE_TAG,
    key=KEY,
    source=SENSOR,
    destination=DISPLAY,
    sequence=7,
):
    """A whole frame around any body."""
    buffer = bytearray(radio.MAX_FRAME)
    buffer[radio.HEADER : radio.HEADER + len(body)] = body
    length = radio.seal(
        buffer,
        len(body),
        kind,
        flags,
        site_tag,
        EPOCH,
        sequence,
        COUNTERS,
        key,
        source,
        destination,
    )
    return bytes(buffer[:length])


def resign(frame, key=KEY, source=SENSOR, destination=DISPLAY):
    """The frame with a right tag over whatever its bytes are now."""
    signed = bytes(frame[: -radio.TAG])
    return signed + hmac_sha256(key, signed, source, destination)[: radio.TAG]


def open_up(frame, source=SENSOR, own_mac=DISPLAY, site_tag=SITE_TAG, key_of=keys):
    """As the display node opens what comes up."""
    return radio.open_frame(frame, source, own_mac, site_tag, key_of, False)


def open_down(frame, source=DISPLAY, own_mac=SENSOR):
    """As the sensor node opens what comes down; it has one key."""
    return radio.open_frame(frame, source, own_mac, SITE_TAG, lambda mac: KEY, True)
