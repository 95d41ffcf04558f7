"""The models' encoder is the decoder's inverse, and neither knows the other's table."""

import json
from pathlib import Path
from random import Random

import pytest

from simulator import protocol_route
from simulator.envelope import seal_envelope
from simulator.victron import layout
from simulator.victron.encode import EncodeError, encode

_KEY = bytes(range(16))
_VECTORS = Path(__file__).parents[1] / "protocol" / "vectors.json"
_NO_LAYOUT = {0x07, 0x0E, 0xFF00}
_PLAINTEXT = {0xFF01}  # SolarSense: no model sends it
_RECORDS = sorted(layout.LAYOUTS)


def decoded(record_type: int, payload: bytes):
    template = bytes([0x10, 0x02, 0x89, 0xA3, record_type])
    md = seal_envelope(template, _KEY, 4711, payload)
    return protocol_route.module("instant_readout").decode(md, _KEY)


def random_values(record_type: int, random: Random) -> dict[str, float | None]:
    """Values of which each is exactly one step of its field, or not available."""
    values: dict[str, float | None] = {}
    for _, kind, name, step, offset, missing in layout.LAYOUTS[record_type][1]:
        width = int(kind[1:])
        low, high = (-(1 << width - 1), 1 << width - 1) if kind[0] == "s" else (0, 1 << width)
        raw = random.choice((low, high - 2, random.randrange(low, high - 1)))
        is_missing = missing is not None and random.random() < 0.2
        values[name] = None if is_missing else round(raw * step + offset, 6)
    return values


def expected(record_type: int, values: dict[str, float | None]) -> dict[str, object]:
    """What the decoder should say: the aux fields of other modes are not there."""
    found: dict[str, object] = dict(values)
    if "aux_mode" in values:
        for mode, name in enumerate(layout.AUX_FIELDS):
            if mode != values["aux_mode"] or name not in values:
                found[name] = None
        found.setdefault("midpoint_voltage_v", None)
    if "cell_0_v" in values:
        found["cell_voltages_v"] = [cell(found.pop(f"cell_{index}_v")) for index in range(8)]
    return found


def cell(volts: object) -> object:
    return {2.60: "<2.61", 3.86: ">3.85"}.get(volts, volts)


def same_fields(record_type: int) -> bool:
    return all(same(record_type, seed) for seed in range(60))


def same(record_type: int, seed: int) -> bool:
    values = random_values(record_type, Random(seed))
    if record_type == 0x0D and values["aux_mode"] == 1:
        values["aux_mode"] = 2  # the meter has no mid-point
    try:
        fields = decoded(record_type, encode(record_type, values)).fields
    except OverflowError:
        return False  # a field past the payload's end
    wanted = expected(record_type, values)
    return set(fields) == set(wanted) and all(close(fields[name], wanted[name]) for name in wanted)


def close(one: object, other: object) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return all(close(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) < 1e-6
    return one == other


def test_every_record_that_the_decoder_knows_can_be_encoded():
    known = set(protocol_route.module("records").RECORDS)
    assert set(_RECORDS) == known - _NO_LAYOUT - _PLAINTEXT


@pytest.mark.parametrize("record_type", _RECORDS)
def test_the_decoder_reads_what_the_encoder_wrote(record_type: int):
    assert same_fields(record_type)


@pytest.mark.parametrize("record_type", _RECORDS)
def test_a_field_in_the_wrong_place_would_be_seen(
    record_type: int, monkeypatch: pytest.MonkeyPatch
):
    length, fields = layout.LAYOUTS[record_type]
    for index, (bit, *rest) in enumerate(fields):
        moved = [*fields]
        moved[index] = (bit + 1, *rest)
        monkeypatch.setitem(layout.LAYOUTS, record_type, (length, moved))
        assert not same_fields(record_type), f"{rest[1]} one bit further"


@pytest.mark.parametrize("record_type", _RECORDS)
def test_what_is_not_given_is_not_available_and_spare_bits_are_one(record_type: int):
    always = {
        name: 0 for _, _, name, _, _, missing in layout.LAYOUTS[record_type][1] if missing is None
    }
    reading = decoded(record_type, encode(record_type, always))
    assert {name for name, value in reading.values.items() if value is not None} <= {
        *always,
        "cell_voltages_v",
    }
    assert reading.plausible


def captured() -> list[dict]:
    vectors = json.loads(_VECTORS.read_text())
    return [
        one
        for one in vectors
        if one["kind"].startswith("real") and int(one["record_type"], 16) in layout.LAYOUTS
    ]


@pytest.mark.parametrize("vector", captured(), ids=lambda one: one["decrypted_payload_hex"])
def test_captured_payloads_come_out_bit_by_bit(vector: dict):
    record_type = int(vector["record_type"], 16)
    names = {field[2] for field in layout.LAYOUTS[record_type][1]}
    values = {name: one for name, one in vector["expected"].items() if name in names}
    cells = vector["expected"].get("cell_voltages_v", [])
    values |= {f"cell_{index}_v": volts for index, volts in enumerate(cells)}
    assert encode(record_type, values).hex() == vector["decrypted_payload_hex"]


def test_a_value_beyond_the_range_stays_a_value():
    fields = decoded(0x01, encode(0x01, {"battery_current_a": 1e9, "load_current_a": 1e9})).fields
    assert fields["battery_current_a"] == 3276.6
    assert fields["load_current_a"] == 51.0
    low = decoded(0x01, encode(0x01, {"battery_current_a": -1e9, "load_current_a": -5})).fields
    assert low["battery_current_a"] == -3276.8
    assert low["load_current_a"] == 0


def test_mistakes_of_a_model_are_named():
    with pytest.raises(EncodeError, match="has no pv_power"):
        encode(0x01, {"pv_power": 3})
    with pytest.raises(EncodeError, match="alarm_reason is always available"):
        encode(0x03, {})


_MOST_FRAMES = 16  # firmware/display/proving.py


@pytest.mark.parametrize("record_type", _RECORDS, ids=hex)
def test_the_right_key_of_every_record_is_proved_by_the_frames_that_a_display_node_waits_for(
    record_type: int,
):
    fields = layout.LAYOUTS[record_type][1]
    idle = {name: 0.0 for *_, name, _, _, missing in fields if missing is layout.ALWAYS}
    template = bytes([0x10, 0x02, 0x89, 0xA3, record_type])
    frames = [
        seal_envelope(template, _KEY, 4711 + number, encode(record_type, idle))
        for number in range(_MOST_FRAMES)
    ]
    assert protocol_route.module("judging").judge_key(frames, _KEY) == "right"
