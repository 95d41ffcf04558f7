from helpers import raises
from noise import Noise
from protocol import serial_line
from protocol.serial_json import checked
from protocol.serial_line import MalformedPayload, encode_json, parse_json

NAMES = (
    "Küche",
    "Батарея",
    "蓄電池",
    "🚐 Van 🔋",
    "\ud7ff\ue000\uffff",
    "a *12345678",
    "#V1 7 x",
    'quote " and \\ and \\ud83d',
    "\\u0023",
    "tab\tnewline\nNUL\x00 DEL\x7f",
    "",
)


def test_names_survive_a_round_trip_through_a_line():
    for name in NAMES:
        line = serial_line.encode(1, "node", encode_json({"name": name, name: 1}))
        (raw,) = serial_line.LineReader().feed(line)
        assert parse_json(serial_line.parse(raw).payload) == {"name": name, name: 1}


def test_json_is_written_as_printable_ascii_without_the_mark_of_a_line():
    for name in NAMES:
        text = encode_json({"name": name})
        assert all(" " <= letter <= "~" and letter != "#" for letter in text)
    assert encode_json({"n": "ü#🚐"}) == '{"n":"\\u00fc\\u0023\\ud83d\\ude90"}'


def test_both_cases_of_an_escape_are_read():
    assert parse_json('{"n":"\\u00FC\\uD83D\\uDE90"}') == {"n": "ü🚐"}


def test_values_keep_their_kinds():
    data = {"i": -5, "b": True, "n": None, "l": [1, "x", {"d": []}], "f": 1.5, "big": (1 << 63) - 1}
    assert parse_json(encode_json(data)) == data


def test_only_an_object_is_a_payload():
    for payload in ("", "[]", "1", '"text"', "null", "true", "{", "}", "{} x", "x{}", "{}{}"):
        raises(MalformedPayload, parse_json, payload)


def test_half_letters_are_refused():
    for half in ("\\ud83d", "\\ude90", "\\ud83dx", "\\ude90\\ud83d", "\\ud83d\\ud83d\\ude90"):
        raises(MalformedPayload, parse_json, '{"n":"%s"}' % half)
        raises(MalformedPayload, parse_json, '{"%s":1}' % half)
        raises(MalformedPayload, parse_json, '{"n":[["%s"]]}' % half)


def test_what_another_parser_has_left_apart_is_joined_and_what_is_not_ours_refused():
    halves = "\ud83d" + "\ude90"
    assert checked({halves: [halves, 1]}) == {"🚐": ["🚐", 1]}
    for data in ([], None, "{}", {1: 2}, {"n": "\ud83d"}, {"n": 1 << 63}, {"n": [float("inf")]}):
        raises(MalformedPayload, checked, data)


def test_numbers_that_are_none_or_too_large_are_refused():
    for number in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 30, "-" + "9" * 400):
        raises(MalformedPayload, parse_json, '{"n":%s}' % number)
        raises(MalformedPayload, parse_json, '{"n":[%s]}' % number)
    raises(MalformedPayload, parse_json, '{"n":%d}' % (1 << 63))
    assert parse_json('{"n":%d}' % -(1 << 63)) == {"n": -(1 << 63)}


def test_deep_nesting_is_refused_on_both_interpreters():
    assert parse_json('{"a":' * 8 + "1" + "}" * 8)
    raises(MalformedPayload, parse_json, '{"a":' * 9 + "1" + "}" * 9)
    for depth in (9, 100, 240, 5000):
        raises(MalformedPayload, parse_json, '{"a":' + "[" * depth + "]" * depth + "}")
        raises(MalformedPayload, parse_json, '{"a":' * depth + "1" + "}" * depth)
        raises(MalformedPayload, parse_json, "[" * depth)
        raises(MalformedPayload, parse_json, '{"a":' * depth)


def test_a_depth_bomb_beyond_stack_and_heap_is_refused():
    raises(MalformedPayload, parse_json, "[" * 100000)


def test_names_that_are_no_text_are_refused():
    for payload in ("{1:2}", "{null:2}", "{[]:2}", '{"a":{1:2}}'):
        raises(MalformedPayload, parse_json, payload)


def test_noise_only_ever_gives_named_errors():
    noise = Noise(17)
    alphabet = '{}[]:,"\\u0dD89eE+-.ntfalsru 1'
    refused = 0
    for _ in range(3000):
        text = "".join([alphabet[noise.below(len(alphabet))] for _ in range(noise.below(20))])
        for payload in (text, '{"a":' + text + "}", '{"a":"' + text + '"}'):
            try:
                assert isinstance(parse_json(payload), dict)
            except MalformedPayload:
                refused += 1
    assert refused > 3000
