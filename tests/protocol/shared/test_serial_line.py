from binascii import crc32

from helpers import raises
from noise import Noise
from protocol import serial_line


def whole(signed):
    """A line with a right CRC around any bytes from the prefix on."""
    return signed + b" *%08x" % crc32(signed)


def test_a_line_comes_out_as_it_went_in():
    line = serial_line.parse(serial_line.encode(42, "log", "info a * text *12345678"))
    assert (line.sequence, line.kind, line.payload) == (42, "log", "info a * text *12345678")


def test_a_line_looks_as_documented():
    assert serial_line.encode(7, "ack", "3 ok {}") == b"\n" + whole(b"#V1 7 ack 3 ok {}") + b"\n"


def test_an_empty_payload_is_a_payload():
    assert serial_line.parse(serial_line.encode(0, "hello", "")).payload == ""


def test_the_number_wraps_at_16_bits():
    assert serial_line.parse(serial_line.encode(65535, "x", "")).sequence == 65535
    assert serial_line.parse(serial_line.encode(65536 + 5, "x", "")).sequence == 5


def test_every_single_flipped_bit_is_refused_or_leaves_the_message_alone():
    line = bytearray(serial_line.encode(7, "health", '{"lines":12}').strip())
    for index in range(len(line)):
        for bit in range(8):
            line[index] ^= 1 << bit
            raises(serial_line.LineError, serial_line.parse, line)
            line[index] ^= 1 << bit
    assert serial_line.parse(line).sequence == 7


def test_every_truncated_line_is_refused():
    line = serial_line.encode(7, "health", '{"lines":12}').strip()
    for length in range(len(line)):
        raises(serial_line.LineError, serial_line.parse, line[:length])
        if length:
            raises(serial_line.LineError, serial_line.parse, line[length:])


def test_boot_messages_are_not_ours():
    for text in (b"", b"rst:0x1 (POWERON_RESET)", b"# comment", b">>> ", b"\xff\x00\x80", b"V1 1"):
        raises(serial_line.NotOurs, serial_line.parse, text)


def test_noise_before_the_prefix_does_no_harm():
    line = whole(b"#V1 7 x payload")
    for noise in (b"ets Jul 29", b"\x00\xff", b"#", b"#V1 6 x cut", whole(b"#V1 6 x whole")):
        assert serial_line.parse(noise + line).sequence == 7


def test_newlines_of_every_system_are_taken_off():
    for before, after in ((b"\n", b"\r\n"), (b"\r\n", b"\r"), (b"", b"\n\n")):
        line = serial_line.parse(before + whole(b"#V1 7 x ends in a blank ") + after)
        assert line.payload == "ends in a blank "


def test_another_version_is_named_only_when_the_crc_is_good():
    error = raises(serial_line.UnknownLineVersion, serial_line.parse, whole(b"#V2 other rules"))
    assert error.version == 2
    assert error.reason == "unknown_line_version"
    raises(serial_line.UnknownLineVersion, serial_line.parse, whole(b"#V17"))
    raises(serial_line.BadCrc, serial_line.parse, b"#V2 other rules *00000000")


def test_a_right_crc_around_wrong_fields_is_malformed():
    for signed in (
        b"#V1",
        b"#V1 ",
        b"#V1 7",
        b"#V1 7 x",
        b"#V1 65536 x y",
        b"#V1 -1 x y",
        b"#V1 +1 x y",
        b"#V1 1_0 x y",
        b"#V1  x y",
        b"#V1 7  y",
        b"#V1 7 X y",
        b"#V1 7 x-z y",
        b"#V1 7 x tab\there",
        b"#V1 7 x nul\x00",
        b"#V1 7 x K\xc3\xbcche",
        b"#V1 7 x \xff",
        b"#V 7 x y",
        b"#Vx 7 x y",
        b"#V1.0 7 x y",
        b"#V99999999999999999999 7 x y",
    ):
        raises(serial_line.MalformedLine, serial_line.parse, whole(signed))


def test_an_upper_case_or_short_crc_is_refused():
    signed = b"#V1 7 x payload"
    assert crc32(signed) & 0xF0000000
    assert b"%08X" % crc32(signed) != b"%08x" % crc32(signed)
    raises(serial_line.BadCrc, serial_line.parse, signed + b" *%08X" % crc32(signed))
    raises(serial_line.BadCrc, serial_line.parse, signed + b" *%07x" % (crc32(signed) >> 4))


def test_what_could_break_the_framing_cannot_be_written():
    for payload in ("a\nb", "a\rb", "a\x00b", "Küche", "a\x7fb", "#V1 ", "#"):
        raises(serial_line.MalformedLine, serial_line.encode, 1, "log", payload)
    for kind in ("", "two words", "Log", "l#g", "l\ng"):
        raises(serial_line.MalformedLine, serial_line.encode, 1, kind, "x")


def test_no_line_is_a_multiple_of_64_bytes_long():
    padded = 0
    for length in range(485):
        line = serial_line.encode(1, "x", "y" * length)
        assert len(line) % 64
        assert serial_line.parse(line).payload == "y" * length
        padded += line.endswith(b"\n\n")
    assert padded == 7


def test_no_line_is_longer_than_the_limit():
    longest = 0
    for length in range(480, 520):
        try:
            longest = max(longest, len(serial_line.encode(1, "x", "y" * length)))
        except serial_line.LineTooLong:
            assert length >= 491
    assert longest == serial_line.MAX_LINE - 1  # one more is a multiple of 64
    signed = b"#V1 1 x " + b"y" * 500
    raises(serial_line.LineTooLong, serial_line.parse, whole(signed))


def test_a_command_has_a_tighter_limit_by_every_way():
    room = serial_line.MAX_COMMAND - len(serial_line.encode(1, "cmd", ""))
    assert len(serial_line.encode(1, "cmd", "y" * room)) == serial_line.MAX_COMMAND
    raises(serial_line.LineTooLong, serial_line.encode, 1, "cmd", "y" * (room + 1))
    name = "y" * room
    raises(serial_line.LineTooLong, serial_line.encode_command, 1, 2, "key", {"name": name})


def test_noise_only_ever_gives_named_errors():
    noise = Noise(11)
    alphabet = b"#V1 2 x*\r\n09af\x00\xff"
    for _ in range(1500):
        raw = bytes([alphabet[noise.below(len(alphabet))] for _ in range(noise.below(40))])
        for line in (raw, b"#V1 " + raw, whole(b"#V1 " + raw)):
            try:
                serial_line.parse(line)
            except serial_line.LineError:
                pass
