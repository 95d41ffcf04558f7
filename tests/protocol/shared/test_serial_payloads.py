from helpers import raises
from noise import Noise
from protocol import serial_line
from protocol.serial_line import MalformedPayload

MAC = b"\xc0\x00\x00\x00\x00\x07"
NODE = b"\x02\x00\x00\x00\x00\x01"
MD = bytes(range(0x10, 0x10 + 23))


def through_a_line(kind, payload):
    return serial_line.parse(serial_line.encode(1, kind, payload)).payload


def test_an_advert_comes_out_as_it_went_in():
    for rssi, age_ms, md in ((-128, 0, bytes(8)), (127, 1 << 31, bytes(27)), (-70, 1230, MD)):
        payload = serial_line.encode_advert(MAC, NODE, rssi, age_ms, md)
        found = serial_line.parse_advert(through_a_line("adv", payload))
        assert found == (MAC, NODE, rssi, age_ms, md)


def test_an_advert_is_written_in_lower_case_and_read_in_either():
    payload = serial_line.encode_advert(MAC, NODE, -70, 1230, MD)
    assert payload.startswith("c00000000007 020000000001 -70 1230 1011")
    assert serial_line.parse_advert(payload.upper())[0] == MAC


def test_fields_that_a_later_version_adds_to_an_advert_are_ignored():
    payload = serial_line.encode_advert(MAC, NODE, -70, 1230, MD)
    assert serial_line.parse_advert(payload + " 11 new fields")[4] == MD


def test_an_advert_with_impossible_fields_is_refused():
    md = "10" * 23
    for payload in (
        "",
        "c00000000007 020000000001 -70 1230",
        "c000000000 020000000001 -70 1230 " + md,
        "c0000000000700 020000000001 -70 1230 " + md,
        "c0000000000g 020000000001 -70 1230 " + md,
        "c00000000007 02000000000 -70 1230 " + md,
        "c00000000007 020000000001 -129 1230 " + md,
        "c00000000007 020000000001 128 1230 " + md,
        "c00000000007 020000000001 --7 1230 " + md,
        "c00000000007 020000000001 - 1230 " + md,
        "c00000000007 020000000001 -70 -1 " + md,
        "c00000000007 020000000001 -70 4294967296 " + md,
        "c00000000007 020000000001 -70 99999999999999999999 " + md,
        "c00000000007 020000000001 -70 1230 " + "10" * 7,
        "c00000000007 020000000001 -70 1230 " + "10" * 28,
        "c00000000007 020000000001 -70 1230 " + md + "1",
        "c00000000007  020000000001 -70 1230 " + md,
    ):
        raises(MalformedPayload, serial_line.parse_advert, payload)


def test_a_command_comes_out_as_it_went_in():
    line = serial_line.encode_command(5, 17, "key", {"mac": "C00000000007", "name": "Küche"})
    parsed = serial_line.parse(line)
    assert (parsed.sequence, parsed.kind) == (5, "cmd")
    expected = (17, "key", {"mac": "C00000000007", "name": "Küche"})
    assert serial_line.parse_command(parsed.payload) == expected


def test_an_unknown_command_is_parsed_so_that_it_can_be_refused_by_its_number():
    assert serial_line.parse_command("9 fly {}") == (9, "fly", {})


def test_a_malformed_command_is_refused():
    for payload in ("", "1", "1 key", "x key {}", "65536 key {}", "1 Key {}", "1  {}", "1 key []"):
        raises(MalformedPayload, serial_line.parse_command, payload)
    raises(MalformedPayload, serial_line.encode_command, 1, 1, "two words", {})


def test_an_answer_comes_out_as_it_went_in():
    payload = through_a_line("ack", serial_line.encode_ack(17, {"macs": []}))
    assert serial_line.parse_ack(payload) == (17, True, "", {"macs": []})
    payload = through_a_line("ack", serial_line.encode_ack(17))
    assert serial_line.parse_ack(payload) == (17, True, "", {})
    payload = through_a_line("ack", serial_line.encode_ack(17, error="unknown_command"))
    assert payload == "17 error unknown_command"
    assert serial_line.parse_ack(payload) == (17, False, "unknown_command", {})


def test_what_a_later_version_adds_to_a_refusal_is_ignored():
    assert serial_line.parse_ack("17 error bad_key in detail")[2] == "bad_key"


def test_a_malformed_answer_is_refused():
    for payload in ("", "1", "1 ok", "1 ok []", "x ok {}", "1 maybe {}", "1 error ", "1 error A"):
        raises(MalformedPayload, serial_line.parse_ack, payload)
    raises(MalformedPayload, serial_line.encode_ack, 1, None, "two words")


def test_a_log_text_always_fits_into_a_line():
    for text in ("plain", "Küche\n#V1 \x00", "x" * 5000, "ü" * 5000, ""):
        level, found = serial_line.parse_log(
            through_a_line("log", serial_line.encode_log("warning", text))
        )
        assert level == "warning"
        assert len(found) == min(len(text), 448)
    assert serial_line.encode_log("info", "a\tKü #1") == "info a?K? ?1"
    raises(MalformedPayload, serial_line.parse_log, " no level")


def test_noise_with_a_right_crc_only_ever_gives_named_errors():
    noise = Noise(13)
    words = ("1", "ok", "error", "key", "{}", '{"a":1}', "-70", "c00000000007", "10" * 12, "", "x")
    parsers = (
        serial_line.parse_advert,
        serial_line.parse_command,
        serial_line.parse_ack,
        serial_line.parse_json,
        serial_line.parse_log,
    )
    outcomes = {"used": 0, "refused": 0}
    for _ in range(800):
        payload = " ".join([words[noise.below(len(words))] for _ in range(noise.below(7))])
        for parse in parsers:
            try:
                parse(through_a_line("x", payload))
                outcomes["used"] += 1
            except MalformedPayload:
                outcomes["refused"] += 1
    assert min(outcomes.values()) > 300
