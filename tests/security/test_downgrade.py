"""Nobody talks a node into another version: what is not ours to speak is refused, rightly signed or not."""

import pytest

from simulator import protocol_route

SITE_KEY = bytes(range(16))
DISPLAY, SENSOR = bytes.fromhex("240AC4000010"), bytes.fromhex("240AC4000014")
authentication = protocol_route.module("authentication")
radio = protocol_route.module("radio_frame")
serial = protocol_route.module("serial_framing")


def frame_of(version: int, kind: int, down: bool) -> bytes:
    """A frame of another version that whoever has the key has made, signed as that version may do it."""
    buffer = bytearray(radio.MAX_FRAME)
    buffer[0] = version
    buffer[1] = kind | (radio.DOWN_FLAG if down else 0)
    buffer[2:4] = authentication.site_tag(SITE_KEY).to_bytes(2, "little")
    end = radio.HEADER + 40
    source, destination = (DISPLAY, SENSOR) if down else (SENSOR, DISPLAY)
    key = authentication.node_key(SITE_KEY, SENSOR)
    tag = authentication.hmac_sha256(key, bytes(buffer[:end]), source, destination)
    buffer[end : end + radio.TAG] = tag[: radio.TAG]
    return bytes(buffer[: end + radio.TAG])


def opened(frame: bytes, down: bool):
    source, own = (DISPLAY, SENSOR) if down else (SENSOR, DISPLAY)
    key = authentication.node_key(SITE_KEY, SENSOR)
    site_tag = authentication.site_tag(SITE_KEY)
    return radio.open_frame(frame, source, own, site_tag, lambda _: key, down)


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
def test_of_all_radio_versions_only_ours_is_spoken(down: bool):
    kinds = radio.DOWN_KINDS if down else radio.UP_KINDS
    for version in range(256):
        for kind in kinds:
            frame = frame_of(version, kind, down)
            if version == radio.VERSION:
                assert (
                    opened(frame, down).kind == kind
                )  # else the others were refused for bad signing
                continue
            with pytest.raises(radio.UnknownVersion):
                opened(frame, down)


def test_of_all_line_versions_only_ours_is_spoken():
    line = serial.encode(1, "adv", "x").strip()
    for version in range(256):
        signed = line[:-10].replace(b"#V1 ", b"#V%d " % version)
        raw = signed + b" *%08x" % serial.crc32(signed)
        if version == serial.VERSION:
            assert serial.parse(raw).kind == "adv"
            continue
        with pytest.raises(serial.UnknownLineVersion):
            serial.parse(raw)
