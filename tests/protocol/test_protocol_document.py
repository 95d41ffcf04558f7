"""Every example of docs/protocol.md is rebuilt from the values beside it, and read back.

An example is a fenced block "example <kind> [<what>]". Its lines are "name = value", in a frame
preceded by the bytes of that field; a line's text stands as it is.
"""

import json
import re
from pathlib import Path

import pytest

from protocol import advertisement, instant_readout, radio, radio_state, serial_line
from protocol.errors import ProtocolError

DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"
BLOCK = re.compile(r"^```example (\w+) ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^((?:[0-9a-f]{2} )*[0-9a-f]{2}  +)?([a-zA-Z_][\w ]*?) *= (.*)$")

KINDS = {
    "readings": radio.READINGS,
    "query": radio.QUERY,
    "answer": radio.ANSWER,
    "receipt": radio.RECEIPT,
    "order": radio.RECEIPT,
    "state": radio.STATE,
}
BODIES = {
    "readings": ("count", "challenge", "mac", "rssi", "age ms", "length", "md"),
    "query": ("challenge", "channel"),
    "answer": ("challenge", "channel", "floor epoch", "floor sequence"),
    "receipt": ("challenge", "accepted sequence", "channel"),
    "order": ("challenge", "accepted sequence", "channel", "order", "length", "text"),
    "state": (*(name for name, _ in radio_state.FIELDS), *radio_state.TEXTS),
}
UP_COUNTERS = ("seen", "replaced", "sent", "dropped")
DOWN_COUNTERS = ("accepted", "refused", "repeated", "missed")


class Example:
    """One block: its kind, its named values, its bytes and its lines of another form."""

    def __init__(self, kind: str, what: str, text: str) -> None:
        self.kind = kind
        self.what = what
        self.text = text
        self.values: dict[str, str] = {}
        self.parts: dict[str, bytes] = {}
        self.other: list[str] = []
        for row in text.splitlines():
            self._read(row)

    def _read(self, row: str) -> None:
        field = None if row.startswith(("#", "frame ", "line ")) else FIELD.match(row)
        if not field:
            self.other.append(row)
            return
        data, name, value = field.groups()
        assert name not in self.values, f"{name} stands there twice"
        self.values[name] = value
        if data:
            self.parts[name] = bytes.fromhex(data)

    @property
    def bytes(self) -> bytes:
        return b"".join(self.parts.values())

    def number(self, name: str) -> int:
        return int(self.values[name], 0)

    def data(self, name: str) -> bytes:
        return bytes.fromhex(self.values[name].replace(":", ""))


def examples(document: str) -> list[Example]:
    return [Example(*block) for block in BLOCK.findall(document)]


def check(example: Example, found: list[Example]) -> None:
    """Check one example of a document; site and captured reading are the same all over it."""
    site, capture = (one for one in found if one.kind in ("keys", "capture"))
    assert example.values.get("md", capture.values["md"]) == capture.values["md"]
    CHECKS[example.kind](example, site)


def check_keys(example: Example, site: Example) -> None:
    site_key = example.data("site key")
    assert len(site_key) == 16
    assert example.number("site tag") == radio.site_tag(site_key)
    assert example.data("sensor key") == radio.node_key(site_key, example.data("sensor MAC"))


def check_frame(example: Example, site: Example) -> None:
    kind = KINDS[example.what]
    down = kind in (radio.ANSWER, radio.RECEIPT)
    sensor, display = site.data("sensor MAC"), site.data("display MAC")
    source, destination = example.data("source"), example.data("destination")
    assert source == (display if down else sensor)
    assert destination in ((sensor,) if down else (display, radio.BROADCAST))

    counters = tuple(example.number(name) for name in (DOWN_COUNTERS if down else UP_COUNTERS))
    buffer = bytearray(radio.MAX_FRAME)
    length = radio.seal(
        buffer,
        PACKERS[example.what](buffer, example),
        kind,
        radio.DOWN_FLAG if down else 0,
        example.number("site tag"),
        example.number("epoch"),
        example.number("sequence"),
        counters,
        site.data("sensor key"),
        source,
        destination,
    )
    assert buffer[:length] == example.bytes
    head = ("version", "type", "site tag", "epoch", "sequence")
    names = DOWN_COUNTERS if down else UP_COUNTERS
    assert tuple(example.parts) == (*head, *names, *BODIES[example.what], "tag")
    for name, part in example.parts.items():
        assert NOTATIONS.get(name, little_endian)(part) == example.values[name]

    receiver = sensor if down else display
    frame = radio.open_frame(
        example.bytes,
        source,
        receiver,
        site.number("site tag"),
        lambda mac: site.data("sensor key"),
        down,
    )
    assert (frame.epoch, frame.sequence) == (example.number("epoch"), example.number("sequence"))
    assert frame.counters == counters
    READERS[example.what](frame.body, example)


def little_endian(part: bytes) -> str:
    return str(int.from_bytes(part, "little"))


# How the value of a part is written where it is not a plain number.
NOTATIONS = {
    "type": lambda part: ", ".join(
        [
            str(part[0] & 0x3F),
            *["broadcast"][: bool(part[0] & radio.BROADCAST_FLAG)],
            *["down"][: bool(part[0] & radio.DOWN_FLAG)],
        ]
    ),
    "site tag": lambda part: f"0x{int.from_bytes(part, 'little'):04x}",
    "challenge": bytes.hex,
    "md": bytes.hex,
    "mac": lambda part: part.hex(":"),
    "rssi": lambda part: str(int.from_bytes(part, "little", signed=True)),
    "age ms": lambda part: little_endian(part) + "0",
    "text": lambda part: part.decode(),
    **dict.fromkeys(radio_state.TEXTS, lambda part: part[1:].decode()),
    "reset": lambda part: radio_state.RESETS[part[0]],
    "down_rssi": lambda part: str(int.from_bytes(part, "little", signed=True)),
    "tag": lambda part: "computed" if len(part) == radio.TAG else "cut",
}


def pack_readings(buffer: bytearray, example: Example) -> int:
    md = example.data("md")
    end = radio.start_readings(buffer, example.data("challenge"))
    return (
        radio.append_reading(
            buffer,
            end,
            example.data("mac"),
            example.number("rssi"),
            example.number("age ms"),
            md,
            example.number("length"),
        )
        - radio.HEADER
    )


def read_readings(body: memoryview, example: Example) -> None:
    assert radio.challenge_of(body) == example.data("challenge")
    assert radio.readings(body) == [reading(example, "mac", "rssi")]
    assert example.number("count") == 1


def reading(example: Example, mac: str, rssi: str) -> tuple[bytes, int, int, bytes]:
    return (
        example.data(mac),
        example.number(rssi),
        example.number("age ms"),
        example.data("md"),
    )


def answer_fields(example: Example) -> tuple[bytes, int, int, int]:
    names = ("channel", "floor epoch", "floor sequence")
    return (example.data("challenge"), *(example.number(name) for name in names))


def receipt_fields(example: Example) -> tuple[bytes, int, int]:
    names = ("accepted sequence", "channel")
    return (example.data("challenge"), *(example.number(name) for name in names))


def query_fields(example: Example) -> tuple[bytes, int]:
    return example.data("challenge"), example.number("channel")


def pack_order(buffer: bytearray, example: Example) -> int:
    length = radio.pack_receipt(buffer, *receipt_fields(example))
    text = example.values["text"].encode()
    assert len(text) == example.number("length")
    return radio.append_order(buffer, length, example.number("order"), text)


def read_order(body: memoryview, example: Example) -> None:
    assert radio.unpack_receipt(body) == receipt_fields(example)
    assert radio.order_of(body) == (example.number("order"), example.values["text"].encode())


def state_fields(example: Example) -> dict[str, object]:
    """Return the values of a state frame."""
    texts = ("reset", *radio_state.TEXTS)
    return {
        name: example.values[name] if name in texts else example.number(name)
        for name in BODIES["state"]
    }


def pack_state(buffer: bytearray, example: Example) -> int:
    fields = state_fields(example)
    texts = [str(fields.pop(name)) for name in radio_state.TEXTS]
    return radio_state.pack_state(buffer, fields, texts)


def equal(found: object, expected: object) -> None:
    assert found == expected


PACKERS = {
    "readings": pack_readings,
    "query": lambda buffer, example: radio.pack_query(buffer, *query_fields(example)),
    "answer": lambda buffer, example: radio.pack_answer(buffer, *answer_fields(example)),
    "receipt": lambda buffer, example: radio.pack_receipt(buffer, *receipt_fields(example)),
    "order": pack_order,
    "state": pack_state,
}
READERS = {
    "readings": read_readings,
    "query": lambda body, example: equal(radio.unpack_query(body), query_fields(example)),
    "answer": lambda body, example: equal(radio.unpack_answer(body), answer_fields(example)),
    "receipt": lambda body, example: equal(radio.unpack_receipt(body), receipt_fields(example)),
    "order": read_order,
    "state": lambda body, example: equal(radio_state.unpack_state(body), state_fields(example)),
}


def check_line(example: Example, site: Example) -> None:
    (text,) = example.other
    raw = LINES[example.what](example)
    assert raw.decode().strip("\n") == text
    assert set(example.values) <= LINE_VALUES
    assert len(raw) == int(example.values.get("bytes", len(raw)))
    line = serial_line.parse(text.encode())
    assert (line.sequence, line.kind) == (example.number("sequence"), example.what)
    LINE_READERS[example.what](line.payload, example)


def encoded(example: Example, payload: str) -> bytes:
    return serial_line.encode(example.number("sequence"), example.what, payload)


def json_line(example: Example) -> bytes:
    return encoded(example, serial_line.encode_json(arguments(example)))


def arguments(example: Example) -> dict[str, object]:
    data = json.loads(example.values["data"])
    assert isinstance(data, dict)
    return data


def advert_line(example: Example) -> bytes:
    return encoded(
        example,
        serial_line.encode_advert(
            example.data("mac"),
            example.data("node"),
            example.number("rssi"),
            example.number("age ms"),
            example.data("md"),
        ),
    )


def read_advert(payload: str, example: Example) -> None:
    mac, node, *rest = serial_line.parse_advert(payload)
    assert node == example.data("node")
    assert (mac, *rest) == reading(example, "mac", "rssi")


def command_line(example: Example) -> bytes:
    return serial_line.encode_command(
        example.number("sequence"),
        example.number("number"),
        example.values["name"],
        arguments(example),
    )


def read_command(payload: str, example: Example) -> None:
    expected = (example.number("number"), example.values["name"], arguments(example))
    assert serial_line.parse_command(payload) == expected


def ack_line(example: Example) -> bytes:
    if "error" in example.values:
        payload = serial_line.encode_ack(example.number("number"), error=example.values["error"])
    else:
        payload = serial_line.encode_ack(example.number("number"), arguments(example))
    return encoded(example, payload)


def read_ack(payload: str, example: Example) -> None:
    error = example.values.get("error", "")
    expected = (example.number("number"), not error, error, {} if error else arguments(example))
    assert serial_line.parse_ack(payload) == expected


def log_line(example: Example) -> bytes:
    return encoded(example, serial_line.encode_log(example.values["level"], example.values["text"]))


def read_json(payload: str, example: Example) -> None:
    assert serial_line.parse_json(payload) == arguments(example)


def read_log(payload: str, example: Example) -> None:
    assert serial_line.parse_log(payload) == (example.values["level"], example.values["text"])


LINE_VALUES = {
    *("sequence", "data", "bytes", "number", "name", "error", "level", "text"),
    *("mac", "node", "rssi", "age ms", "md"),
}
LINES = {
    "hello": json_line,
    "node": json_line,
    "health": json_line,
    "alarm": json_line,
    "coverage": json_line,
    "adv": advert_line,
    "cmd": command_line,
    "ack": ack_line,
    "log": log_line,
}
LINE_READERS = {
    "hello": read_json,
    "node": read_json,
    "health": read_json,
    "alarm": read_json,
    "coverage": read_json,
    "adv": read_advert,
    "cmd": read_command,
    "ack": read_ack,
    "log": read_log,
}


def check_capture(example: Example, site: Example) -> None:
    (row,) = example.other
    air = bytes.fromhex(row.removesuffix("  advertisement"))
    start, length = divmod(advertisement.find(air), 256)
    assert start + length == len(air)
    assert air[:3] == b"\x02\x01\x06"
    assert air[start : start + length] == example.data("md")


def check_reading(example: Example, site: Example) -> None:
    md = example.data("md")
    decoded = instant_readout.decode(md, example.data("key"))
    assert decoded.nonce == example.number("nonce")
    assert decoded.record_name == example.values["record"]
    fields = set(example.values) - {"md", "key", "nonce", "record"}
    assert len(fields) == 4
    assert all(decoded.fields[name] == float(example.values[name]) for name in fields)


RECEIVERS = {
    "line": lambda text, site: serial_line.parse(text.encode()),
    "frame": lambda text, site: radio.open_frame(
        bytes.fromhex(text), b"sensor", b"displa", site.number("site tag"), lambda mac: None, False
    ),
}


def check_foreign(example: Example, site: Example) -> None:
    assert not example.values
    for row in example.other:
        kind, rest = row.split(" ", 1)
        data, reason = rest.rsplit(" = ", 1)
        with pytest.raises((radio.RadioError, serial_line.LineError)) as caught:
            RECEIVERS[kind](data, site)
        assert caught.value.reason == reason


CHECKS = {
    "keys": check_keys,
    "frame": check_frame,
    "line": check_line,
    "capture": check_capture,
    "reading": check_reading,
    "foreign": check_foreign,
}


FOUND = examples(DOCUMENT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", FOUND, ids=lambda example: f"{example.kind} {example.what}")
def test_every_example_is_what_the_code_makes_and_reads(example: Example) -> None:
    check(example, FOUND)


def test_every_type_of_frame_and_kind_of_line_has_an_example() -> None:
    shown = {example.what for example in FOUND}
    assert shown >= set(KINDS) | set(LINES)
    assert {example.kind for example in FOUND} == set(CHECKS)


# A refusal has many causes: there another byte may well be as wrong as the one shown.
EXACT = [example for example in FOUND if example.kind != "foreign"]


@pytest.mark.parametrize("example", EXACT, ids=lambda example: f"{example.kind} {example.what}")
def test_any_changed_character_of_an_example_is_noticed(example: Example) -> None:
    for at, old in enumerate(example.text):
        if old.isalnum():
            changed = example.text[:at] + next_character(old) + example.text[at + 1 :]
            assert is_noticed(example, changed), changed[max(at - 30, 0) : at + 30]


def next_character(old: str) -> str:
    cycle = "0123456789abcdef"
    return cycle[(cycle.index(old) + 1) % 16] if old in cycle else "x" if old != "x" else "y"


def is_noticed(original: Example, text: str) -> bool:
    try:
        changed = Example(original.kind, original.what, text)
        document = [changed if example is original else example for example in FOUND]
        # Other examples are built on the keys and the capture.
        for example in document if original.kind in ("keys", "capture") else [changed]:
            check(example, document)
    except AssertionError, LookupError, ValueError, TypeError, StopIteration:
        return True
    except pytest.fail.Exception, ProtocolError:
        return True
    return False
