"""Every field agrees with victron-ble 0.9.3 wherever that one is right.

`LOST` and `OTHER` list where it is not, each with the reason. The tests see each of them happen:
an entry that no longer applies fails, too.
"""

import json
import math
import sys
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from victron_ble.devices import detect_device_type
from victron_ble.devices.base import AlarmReason, ChargerError, OffReason, OperationMode
from victron_ble.devices.dc_energy_meter import MeterType

sys.path.insert(0, str(Path(__file__).parent / "shared"))

from frames import KEY, VECTORS, advert, frame, key_of

from protocol.instant_readout import decode
from protocol.records import RECORDS, fields

PRODUCT = 0xA389  # not a Battery Sense, whose id would choose another class

SHARED = {
    "device_state": "get_charge_state",
    "charger_error": "get_charger_error",
    "battery_voltage_v": "get_battery_voltage",
    "battery_current_a": "get_battery_current",
    "battery_temperature_c": "get_battery_temperature",
    "alarm_reason": "get_alarm",
    "off_reason": "get_off_reason",
    "soc_pct": "get_soc",
    "ttg_min": "get_remaining_mins",
    "consumed_ah": "get_consumed_ah",
    "temperature_c": "get_temperature",
    "starter_voltage_v": "get_starter_voltage",
    "midpoint_voltage_v": "get_midpoint_voltage",
    "aux_mode": "get_aux_mode",
    "input_voltage_v": "get_input_voltage",
    "input_current_a": "get_input_current",
    "output_voltage_v": "get_output_voltage",
    "output_current_a": "get_output_current",
    "yield_today_wh": "get_yield_today",
    "pv_power_w": "get_pv_power",
    "active_ac_in": "get_ac_in_state",
    "ac_in_power_w": "get_ac_in_power",
    "ac_out_power_w": "get_ac_out_power",
    "ac_current_a": "get_ac_current",
    "ac_voltage_v": "get_ac_voltage",
    "ac_apparent_power_va": "get_ac_apparent_power",
    "cell_voltages_v": "get_cell_voltages",
    "load_current_a": "get_external_device_load",
    "monitor_mode": "get_meter_type",
    "vebus_error": "get_error",
    "error": "get_error_flags",
    "warnings_alarms": "get_alarm_flags",
}
MONITOR = {"battery_voltage_v": "get_voltage", "battery_current_a": "get_current"}
GETTERS = {
    0x01: {"battery_current_a": "get_battery_charging_current", "pv_power_w": "get_solar_power"},
    0x02: MONITOR,
    0x03: {"device_state": "get_device_state"},
    0x04: {},
    0x05: {},
    0x08: {
        f"battery_{what}{output}_{unit}": f"get_output_{what}{output}"
        for what, unit in (("voltage", "v"), ("current", "a"))
        for output in (1, 2, 3)
    },
    0x09: {"device_state": "get_device_state", "alarm_reason": "get_alarm_reason"},
    0x0A: {**MONITOR, "temperature_c": "get_battery_temperature"},
    0x0B: {
        "device_state": "get_device_state",
        "active_ac_in": "get_active_ac_in",
        "ac_in_power_w": "get_active_ac_in_power",
        "ac_out_power_w": "get_active_ac_out_power",
    },
    0x0C: {"device_state": "get_device_state"},
    0x0D: MONITOR,
    0x0F: {},
}


def outside(enumeration, *names):
    """Whether any of these fields has a value that is no member; "not available" is fine."""
    members = {member.value for member in enumeration}
    return lambda v: any(v.get(name) is not None and v[name] not in members for name in names)


def raw8(name):
    """An 8-bit code as it was sent."""
    return lambda v: 255 if v[name] is None else v[name]


def absent(name, aux_mode=None):
    """Whether a field is not available, and not only because another aux mode is on."""
    return lambda v: v[name] is None and aux_mode in (None, v.get("aux_mode"))


STATE = raw8("device_state")
ERROR = raw8("charger_error")
WITH_STATE = (0x01, 0x03, 0x04, 0x08, 0x09, 0x0C, 0x0F)
WITH_ERROR = (0x01, 0x04, 0x08, 0x09, 0x0B, 0x0F)
ALARM = outside(AlarmReason, "alarm_reason", "warning_reason")
UNLISTED_ERROR = outside(ChargerError, "charger_error", "error_code")

# (number, record types, when, why): parsing raises ValueError and the whole record is lost.
LOST = (
    (1, (0x02, 0x09), ALARM, "alarm bits combined or unknown"),
    (1, (0x04, 0x09, 0x0F), outside(OffReason, "off_reason"), "off reasons combined or unknown"),
    (3, WITH_STATE, outside(OperationMode, "device_state"), "unlisted state"),
    (4, WITH_ERROR, UNLISTED_ERROR, "unlisted error"),
    (10, (0x0B,), lambda v: STATE(v) > 11, "state read signed, so 244 and above, NA, are negative"),
    (10, (0x0B,), lambda v: ERROR(v) > 127, "error read signed, so NA is negative"),
    (11, (0x0D,), outside(MeterType, "monitor_mode"), "meter mode 0 or unlisted"),
    (0, (0x09,), lambda v: v["output_state"] not in (0, 1, 4, None), "unlisted output state"),
    (0, (0x05,), lambda v: v["balancer_status"] not in (0, 1, 2, 3, None), "unlisted balancer"),
)

RAISED = object()


def always(value):
    return lambda v: value


def equals(name, value):
    return lambda v: v[name] == value


def below(name, limit):
    return lambda v: v[name] is not None and v[name] < limit


def unsigned(name, scale):
    return lambda v: (v[name] + 65536) / scale


METER = (0x02, 0x0D)
CURRENT, START, MIDPOINT = "battery_current_a", "starter_voltage_v", "midpoint_voltage_v"
VOLTS, AMPS, KELVIN = "output_voltage_v", "output_current_a", "temperature_c"

# (number, record types, field, when our value and theirs differ, what theirs is then, why)
OTHER = (
    (2, (0x03, 0x0D), "alarm_reason", ALARM, always(RAISED), "alarm bits: the getter raises"),
    (2, (0x03, 0x0D), "alarm_reason", equals("alarm_reason", 0), always(None), "no alarm is None"),
    (5, METER, CURRENT, absent(CURRENT), always(2097.151), "NA compared too late"),
    (6, (0x02,), KELVIN, absent(KELVIN, 2), always(382.2), "no sensor"),
    (0, METER, KELVIN, equals(KELVIN, -27315), always(None), "0 K counts as none"),
    (0, METER, START, absent(START, 0), always(327.67), "starter voltage has no NA there"),
    (0, (0x02,), MIDPOINT, absent(MIDPOINT, 1), always(655.35), "mid-point has no NA there"),
    (8, (0x0A,), "soc_pct", absent("soc_pct"), always(102.3), "NA compared with 0x3FFF"),
    (8, (0x0A,), "consumed_ah", below("consumed_ah", 0), lambda v: -v["consumed_ah"] / 10, "sign"),
    (9, (0x0F,), VOLTS, absent(VOLTS), always(327.67), "voltage unsigned: NA"),
    (9, (0x0F,), VOLTS, equals(VOLTS, -1), always(None), "voltage unsigned: -0.01 V is NA"),
    (9, (0x0F,), VOLTS, below(VOLTS, -1), unsigned(VOLTS, 100), "voltage unsigned: negative"),
    (9, (0x0F,), AMPS, absent(AMPS), always(3276.7), "current unsigned: NA"),
    (9, (0x0F,), AMPS, equals(AMPS, -1), always(None), "current unsigned: -0.1 A is NA"),
    (9, (0x0F,), AMPS, below(AMPS, -1), unsigned(AMPS, 10), "current unsigned: negative"),
    (10, (0x0B,), "battery_voltage_v", absent("battery_voltage_v"), always(163.83), "NA ignored"),
    (
        10,
        (0x0B,),
        "yield_today_wh",
        lambda v: v["yield_today_wh"],
        lambda v: v["yield_today_wh"] / 1000,
        "kWh instead of Wh",
    ),
)

CELLS = {"<2.61": -math.inf, ">3.85": math.inf}  # 7: below and above the range become infinite


def lost(record_type, values):
    return [entry for entry in LOST if record_type in entry[1] and entry[2](values)]


def theirs(data, record_type, name):
    getter = GETTERS[record_type].get(name) or SHARED.get(name) or "get_" + name
    if not hasattr(data, getter):
        assert (record_type, name) == (0x0D, "midpoint_voltage_v")  # neither has one
        return None
    try:
        value = getattr(data, getter)()
    except ValueError:
        return RAISED
    return value.value if isinstance(value, Enum) else value


def compare(md, key):
    """Compare one frame; return the known differences that were seen to happen."""
    reading = decode(md, key)
    record_type, values = reading.record_type, reading.values
    device = detect_device_type(md)(key.hex())
    expected_loss = lost(record_type, values)
    if expected_loss:
        with pytest.raises(ValueError, match="is not a valid"):
            device.parse(md)
        return [("lost", *entry[:1], entry[3]) for entry in expected_loss]
    data = device.parse(md)
    seen = []
    for name, ours in reading.fields.items():
        other = theirs(data, record_type, name)
        known = [
            entry
            for entry in OTHER
            if record_type in entry[1] and entry[2] == name and entry[3](values)
        ]
        if known:
            assert ours != other
            assert other == known[0][4](values), (name, ours, other, known[0][5])
            seen.append(("other", known[0][0], known[0][5]))
        elif name == "cell_voltages_v":
            assert [CELLS.get(cell, cell) for cell in ours] == other
            if any(cell in CELLS for cell in ours):
                seen.append(("other", 7, "open ends of the cell range"))
        else:
            assert ours == other, (hex(record_type), name)
    return seen


def edges(field):
    """Raw patterns of a field: mostly the interesting ones, else any."""
    width, _, not_available = field[2][:3]
    top = (1 << width) - 1
    interesting = {0, 1, 4, top, top >> 1, (top >> 1) + 1, top - 1}
    if not_available >= 0:
        interesting.add(not_available)
    if field[0] in ("device_state", "charger_error", "error_code", "off_reason", "monitor_mode"):
        return st.one_of(st.sampled_from((0, 3, 5)), st.sampled_from(sorted(interesting)))
    if field[0] in ("alarm_reason", "warning_reason"):
        return st.one_of(st.sampled_from((0, 1, 8)), st.sampled_from((0, 5, 0x4000, top)))
    return st.one_of(st.sampled_from(sorted(interesting)), st.integers(0, top))


@st.composite
def payloads(draw, record_type):
    length = RECORDS[record_type][1]
    whole = (1 << 8 * length) - 1
    for field in fields(record_type):
        mask = ((1 << field[2][0]) - 1) << field[1]
        whole = whole & ~mask | draw(edges(field)) << field[1]
    return whole.to_bytes(length, "little")


@pytest.mark.parametrize("record_type", sorted(GETTERS), ids=lambda t: f"{t:#04x}")
def test_every_field_agrees_or_its_difference_is_known(record_type):
    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(payloads(record_type), st.integers(0, 0xFFFF))
    def agree(payload, nonce):
        compare(frame(record_type, payload, nonce, KEY, PRODUCT), KEY)

    agree()


# One payload for each difference, so that none rests on chance.
def raw(record_type, **raws):
    """A quiet payload of a record with some raw patterns put in."""
    length = RECORDS[record_type][1]
    whole = 0
    for field in fields(record_type):
        quiet = 1 if field[0] == "monitor_mode" else 0
        value = raws.get(field[0], quiet)
        if len(field) == 3 or field[0] in raws:
            whole |= (value & (1 << field[2][0]) - 1) << field[1]
    return frame(record_type, whole.to_bytes(length, "little"), 1, KEY, PRODUCT)


SAMPLES = (
    raw(0x02, alarm_reason=5),
    raw(0x04, off_reason=0x0C),
    raw(0x01, device_state=244),
    raw(0x01, charger_error=19),
    raw(0x0B, device_state=252),
    raw(0x0B, charger_error=200),
    raw(0x0D, monitor_mode=0),
    raw(0x09, output_state=2),
    raw(0x05, balancer_status=7),
    raw(0x03, alarm_reason=5),
    raw(0x03),
    raw(0x02, battery_current_a=0x1FFFFF),
    raw(0x02, aux_mode=2, temperature_c=0xFFFF),
    raw(0x02, aux_mode=2, temperature_c=0),
    raw(0x02, aux_mode=0, starter_voltage_v=0x7FFF),
    raw(0x02, aux_mode=1, midpoint_voltage_v=0xFFFF),
    raw(0x0A, soc_pct=0x3FF),
    raw(0x0A, consumed_ah=44),
    raw(0x0F, output_voltage_v=0x7FFF),
    raw(0x0F, output_voltage_v=0xFFFF),
    raw(0x0F, output_voltage_v=0x8000),
    raw(0x0F, output_current_a=0x7FFF),
    raw(0x0F, output_current_a=0xFFFF),
    raw(0x0F, output_current_a=0x8000),
    raw(0x0B, battery_voltage_v=0x3FFF),
    raw(0x0B, yield_today_wh=1234),
    raw(0x05, cell_voltages_v=0),
)


def test_every_known_difference_is_seen():
    seen = {difference for md in SAMPLES for difference in compare(md, KEY)}
    listed = {("lost", entry[0], entry[3]) for entry in LOST}
    listed |= {("other", entry[0], entry[5]) for entry in OTHER}
    listed.add(("other", 7, "open ends of the cell range"))
    assert seen == listed


@pytest.mark.parametrize("record_type", [0x00, 0x06, 0x07, 0x0E, 0xFF01], ids=hex)
def test_13_records_that_only_we_know(record_type):
    md = frame(record_type, bytes(16))
    assert detect_device_type(md) is None
    assert decode(md, KEY).record_name


def well_formed():
    return [v for v in VECTORS if v["record_type"] and "error" not in v["expected"]]


@pytest.mark.parametrize("vector", well_formed(), ids=lambda v: f"{v['record_type']}-{v['nonce']}")
def test_the_vectors_agree_too(vector):
    md = advert(vector)
    if detect_device_type(md) is None:
        assert decode(md, key_of(vector)).record_type in (0x06, 0x07, 0x0E, 0xFF01)
        return
    if int(vector["model_id"], 16) in (0xA3A4, 0xA3A5):
        data = detect_device_type(md)(vector["key_hex"]).parse(md)
        assert data.get_voltage() == vector["expected"]["battery_voltage_v"]
        assert data.get_temperature() == vector["expected"]["temperature_c"]
        return
    compare(md, key_of(vector))


def test_the_copy_of_the_vectors_is_one_entry_a_line():
    lines = (Path(__file__).parent / "vectors.json").read_text("utf-8").splitlines()
    assert [json.loads(line.rstrip(",")) for line in lines[1:-1]] == VECTORS
