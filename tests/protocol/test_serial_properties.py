"""What holds for every line; fuzzed payloads get a right CRC, so that their readers are reached."""

from contextlib import suppress
from zlib import crc32

from hypothesis import example, given
from hypothesis import strategies as st

from protocol import serial_line

ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="#")
payloads = st.text(ASCII, max_size=450)
kinds = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=12).filter(
    "cmd".__ne__
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
parsers = st.sampled_from(
    [
        serial_line.parse_advert,
        serial_line.parse_command,
        serial_line.parse_ack,
        serial_line.parse_json,
        serial_line.parse_log,
    ]
)


def whole(signed: bytes) -> bytes:
    return signed + b" *%08x" % crc32(signed)


def read(stream: bytes) -> list[str]:
    found = []
    for raw in serial_line.LineReader().feed(stream):
        with suppress(serial_line.LineError):
            found.append(serial_line.parse(raw).payload)
    return found


@given(st.integers(0, 65535), kinds, payloads)
def test_every_line_comes_out_as_it_went_in(sequence: int, kind: str, payload: str) -> None:
    raw = serial_line.encode(sequence, kind, payload)
    assert len(raw) % 64
    assert len(raw) <= serial_line.MAX_LINE
    line = serial_line.parse(raw)
    assert (line.sequence, line.kind, line.payload) == (sequence, kind, payload)


@given(st.binary(max_size=600), payloads)
def test_no_noise_before_it_hides_a_line(noise: bytes, payload: str) -> None:
    assert read(noise + serial_line.encode(1, "x", payload))[-1:] == [payload]


@given(st.lists(payloads, min_size=3, max_size=5), st.data())
def test_damage_in_one_line_costs_at_most_that_line(texts: list[str], data: st.DataObject) -> None:
    lines = [serial_line.encode(number, "x", text) for number, text in enumerate(texts)]
    hit = data.draw(st.integers(0, len(lines) - 1))
    start = data.draw(st.integers(0, len(lines[hit]) - 1))
    end = data.draw(st.integers(start, len(lines[hit])))
    instead = data.draw(st.binary(max_size=8).filter(lambda junk: b"#V" not in junk))
    stream = [*lines]
    stream[hit] = lines[hit][:start] + instead + lines[hit][end:]
    if not stream[hit].endswith(b"\n") and hit == len(lines) - 1:
        stream.append(b"\n")
    others = [text for number, text in enumerate(texts) if number != hit]
    assert read(b"".join(stream)) in (others, texts)


@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused_by_name(raw: bytes) -> None:
    for line in (raw, b"#V1 " + raw, whole(b"#V1 " + raw), whole(b"#V" + raw)):
        with suppress(serial_line.LineError):
            serial_line.parse(line)


@given(st.text(ASCII, max_size=200) | st.text(max_size=50), parsers)
@example("²", serial_line.parse_command)
@example("² key {}", serial_line.parse_command)
@example("c00000000007 020000000001 -٧ 1 " + "10" * 8, serial_line.parse_advert)
def test_any_payload_is_read_or_refused_by_name(payload: str, parse) -> None:
    with suppress(serial_line.MalformedPayload):
        parse(payload)


@given(st.dictionaries(st.text(max_size=10), values, max_size=4))
def test_every_object_survives_or_is_too_deep(data: dict[str, object]) -> None:
    text = serial_line.encode_json(data)
    assert text.isascii()
    assert text.isprintable()
    assert "#" not in text
    try:
        assert serial_line.parse_json(text) == data
    except serial_line.MalformedPayload:
        assert str(data).count("[") + str(data).count("{") > 8


@given(
    st.integers(0, 65535),
    st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=10),
    st.dictionaries(st.text(max_size=4), st.text(max_size=8), max_size=3),
)
def test_every_command_comes_out_or_is_too_long(number: int, name: str, args) -> None:
    try:
        raw = serial_line.encode_command(1, number, name, args)
    except serial_line.LineTooLong:
        assert len(str(args).encode("unicode_escape")) > 60
        return
    assert len(raw) <= serial_line.MAX_COMMAND
    assert serial_line.parse_command(serial_line.parse(raw).payload) == (number, name, args)


@given(
    st.binary(min_size=6, max_size=6),
    st.binary(min_size=6, max_size=6),
    st.integers(-128, 127),
    st.integers(0, 0xFFFFFFFF),
    st.binary(min_size=8, max_size=27),
)
def test_every_advert_comes_out_as_it_went_in(mac, node, rssi, age_ms, md) -> None:
    payload = serial_line.encode_advert(mac, node, rssi, age_ms, md)
    assert serial_line.parse_advert(payload) == (mac, node, rssi, age_ms, md)
