"""The record tables: where each field lies, how it is scaled, and when it is not available.

Source: docs/instant-readout.md section 6 (Victron's PDF of 2022-12-14 with its errata, and
Victron's own receiver dbus-ble-sensors). A record is one flat list: its name, its payload's bytes,
its spare high bits, and for each field a name, its first bit and its format. Bits count from the
start of the payload, which is one little-endian integer. A format is one number (a board keeps it in
four bytes): width, and what the flags below say. value = (raw * factor + offset) / 10 ** exponent.
"""

_WIDTH = 0x3F
_SIGNED = 1 << 6
_ONES = 1 << 7  # "not available" is all ones
_HIGHEST = 2 << 7  # ... or the highest positive number
_TENTHS = 1 << 9  # exponents
_CENTI = 2 << 9
_MILLI = 3 << 9
_TENS = 1 << 11  # factors
_NEGATIVE = 2 << 11  # sent positive, means negative
_FROM = 1 << 13  # offsets, by their place in _OFFSETS
_AS_CELLS = 1 << 16
_AS_MINUTES = 2 << 16
_AUX0 = 1 << 18  # only with this aux mode
_AUX1 = 2 << 18
_AUX2 = 3 << 18
_AUX_NEVER = 7 << 18

_OFFSETS = (0, -40, -600, -27315, 170)
_SCALES = (1, 10, 100, 1000)
_NOT_AS_SENT = _TENS | _NEGATIVE | 7 * _FROM | _AS_CELLS | _AS_MINUTES

# Codes and masks: raw numbers.
_CODE8 = 8 | _ONES
_CODE8_ALWAYS = 8
_CODE4 = 4 | _ONES
_CODE2 = 2 | _ONES
_CODE2_ALWAYS = 2
_BIT = 1
_SIGNED_CODE16 = 16 | _SIGNED
_MASK16 = 16
_MASK18 = 18
_MASK32 = 32

# Quantities in whole units.
_U7 = 7 | _ONES
_U16 = 16 | _ONES
_U20 = 20 | _ONES
_U30 = 30 | _ONES
_S16 = 16 | _SIGNED | _HIGHEST
_S19 = 19 | _SIGNED | _HIGHEST
_TENS16 = 16 | _ONES | _TENS
_TENS20 = 20 | _ONES | _TENS
_DEGREES = 7 | _ONES | 1 * _FROM  # -40

# Tenths, hundredths, thousandths.
_TENTHS9 = 9 | _ONES | _TENTHS
_TENTHS10 = 10 | _ONES | _TENTHS
_TENTHS11 = 11 | _ONES | _TENTHS
_TENTHS14 = 14 | _ONES | _TENTHS
_TENTHS16 = 16 | _ONES | _TENTHS
_TENTHS_S16 = 16 | _SIGNED | _HIGHEST | _TENTHS
_TENTHS_DOWN20 = 20 | _ONES | _TENTHS | _NEGATIVE
_TENTHS_FROM_60 = 11 | _ONES | _TENTHS | 2 * _FROM  # -60.0
_CENTI12 = 12 | _ONES | _CENTI
_CENTI13 = 13 | _ONES | _CENTI
_CENTI14 = 14 | _ONES | _CENTI
_CENTI15 = 15 | _ONES | _CENTI
_CENTI16 = 16 | _ONES | _CENTI
_CENTI_S16 = 16 | _SIGNED | _HIGHEST | _CENTI
_CENTI_KELVIN = 16 | _ONES | _CENTI | 3 * _FROM  # -273.15
_CENTI_FROM_170 = 8 | _ONES | _CENTI | 4 * _FROM  # 1.70
_MILLI_S22 = 22 | _SIGNED | _HIGHEST | _MILLI  # the PDF's 0x3FFFFF is a genuine -0.001 A

_CELLS = 56 | _CENTI | _AS_CELLS
_MINUTES = 7 | _ONES | _AS_MINUTES

AUX_MODE_BIT = 64  # in both records that share their aux value between three fields

# fmt: off
# type: name, payload bytes, spare high bits, then name, first bit and format of each field
RECORDS: "dict[int, list[str | int]]" = {
    0x00: [
        "test", 5, 3,
        "uptime_s", 0, _U30,
        "temperature_c", 30, _DEGREES,
    ],
    0x01: [
        "solar_charger", 12, 7,
        "device_state", 0, _CODE8,
        "charger_error", 8, _CODE8,
        "battery_voltage_v", 16, _CENTI_S16,
        "battery_current_a", 32, _TENTHS_S16,
        "yield_today_wh", 48, _TENS16,
        "pv_power_w", 64, _U16,
        "load_current_a", 80, _TENTHS9,
    ],
    0x02: [
        "battery_monitor", 15, 2,
        "ttg_min", 0, _U16,
        "battery_voltage_v", 16, _CENTI_S16,
        "alarm_reason", 32, _MASK16,
        "aux_mode", 64, _CODE2_ALWAYS,
        "battery_current_a", 66, _MILLI_S22,
        "consumed_ah", 88, _TENTHS_DOWN20,
        "soc_pct", 108, _TENTHS10,
        "starter_voltage_v", 48, _CENTI_S16 | _AUX0,
        "midpoint_voltage_v", 48, _CENTI16 | _AUX1,
        "temperature_c", 48, _CENTI_KELVIN | _AUX2,
    ],
    0x03: [
        "inverter", 11, 6,
        "device_state", 0, _CODE8,
        "alarm_reason", 8, _MASK16,
        "battery_voltage_v", 24, _CENTI_S16,
        "ac_apparent_power_va", 40, _U16,
        "ac_voltage_v", 56, _CENTI15,
        "ac_current_a", 71, _TENTHS11,
    ],
    0x04: [
        "dcdc_converter", 10, 0,
        "device_state", 0, _CODE8,
        "charger_error", 8, _CODE8,
        "input_voltage_v", 16, _CENTI16,
        "output_voltage_v", 32, _CENTI_S16,
        "off_reason", 48, _MASK32,
    ],
    0x05: [
        "smart_lithium", 16, 1,
        "bms_flags", 0, _MASK32,
        "error_flags", 32, _MASK16,
        "cell_voltages_v", 48, _CELLS,
        "battery_voltage_v", 104, _CENTI12,
        "balancer_status", 116, _CODE4,
        "battery_temperature_c", 120, _DEGREES,
    ],
    0x06: [
        "inverter_rs", 12, 0,
        "device_state", 0, _CODE8,
        "charger_error", 8, _CODE8,
        "battery_voltage_v", 16, _CENTI_S16,
        "battery_current_a", 32, _TENTHS_S16,
        "pv_power_w", 48, _U16,
        "yield_today_wh", 64, _TENS16,
        "ac_out_power_w", 80, _S16,
    ],
    0x07: ["gx_device", 0, 0],  # the PDF's draft is "to be determined"
    0x08: [
        "ac_charger", 13, 0,
        "device_state", 0, _CODE8,
        "charger_error", 8, _CODE8,
        "battery_voltage1_v", 16, _CENTI13,
        "battery_current1_a", 29, _TENTHS11,
        "battery_voltage2_v", 40, _CENTI13,
        "battery_current2_a", 53, _TENTHS11,
        "battery_voltage3_v", 64, _CENTI13,
        "battery_current3_a", 77, _TENTHS11,
        "temperature_c", 88, _DEGREES,
        "ac_current_a", 95, _TENTHS9,
    ],
    0x09: [
        "smart_battery_protect", 15, 0,
        "device_state", 0, _CODE8,
        "output_state", 8, _CODE8,
        "error_code", 16, _CODE8,
        "alarm_reason", 24, _MASK16,
        "warning_reason", 40, _MASK16,
        "input_voltage_v", 56, _CENTI_S16,
        "output_voltage_v", 72, _CENTI16,
        "off_reason", 88, _MASK32,
    ],
    0x0A: [
        "lynx_smart_bms", 16, 1,
        "error", 0, _CODE8_ALWAYS,
        "ttg_min", 8, _U16,
        "battery_voltage_v", 24, _CENTI_S16,
        "battery_current_a", 40, _TENTHS_S16,
        "io_status", 56, _MASK16,
        "warnings_alarms", 72, _MASK18,
        "soc_pct", 90, _TENTHS10,
        "consumed_ah", 100, _TENTHS_DOWN20,
        "temperature_c", 120, _DEGREES,
    ],
    0x0B: [
        "multi_rs", 14, 0,
        "device_state", 0, _CODE8,
        "charger_error", 8, _CODE8,
        "battery_current_a", 16, _TENTHS_S16,
        "battery_voltage_v", 32, _CENTI14,
        "active_ac_in", 46, _CODE2,
        "ac_in_power_w", 48, _S16,
        "ac_out_power_w", 64, _S16,
        "pv_power_w", 80, _U16,
        "yield_today_wh", 96, _TENS16,
    ],
    0x0C: [
        "ve_bus", 13, 2,
        "device_state", 0, _CODE8,
        "vebus_error", 8, _CODE8,
        "battery_current_a", 16, _TENTHS_S16,
        "battery_voltage_v", 32, _CENTI14,
        "active_ac_in", 46, _CODE2,
        "ac_in_power_w", 48, _S19,
        "ac_out_power_w", 67, _S19,
        "alarm", 86, _CODE2,
        "battery_temperature_c", 88, _DEGREES,
        "soc_pct", 95, _U7,
    ],
    0x0D: [
        "dc_energy_meter", 11, 0,
        "monitor_mode", 0, _SIGNED_CODE16,
        "battery_voltage_v", 16, _CENTI_S16,
        "alarm_reason", 32, _MASK16,
        "aux_mode", 64, _CODE2_ALWAYS,
        "battery_current_a", 66, _MILLI_S22,
        "starter_voltage_v", 48, _CENTI_S16 | _AUX0,
        "midpoint_voltage_v", 48, _CENTI16 | _AUX_NEVER,
        "temperature_c", 48, _CENTI_KELVIN | _AUX2,
    ],
    0x0E: ["smart_bms", 0, 0],  # no layout is published
    0x0F: [
        "orion_xs", 14, 0,
        "device_state", 0, _CODE8,
        "charger_error", 8, _CODE8,
        "output_voltage_v", 16, _CENTI_S16,
        "output_current_a", 32, _TENTHS_S16,
        "input_voltage_v", 48, _CENTI16,
        "input_current_a", 64, _TENTHS16,
        "off_reason", 80, _MASK32,
    ],
    0xFF00: ["plain_test", 0, 0],  # no layout is published
    0xFF01: [
        "solar_sense", 16, 6,
        "error_code", 0, _MASK32,
        "charger_error", 32, _CODE8,
        "installation_power_w", 40, _U20,
        "yield_today_wh", 60, _TENS20,
        "irradiance_w_m2", 80, _TENTHS14,
        "cell_temperature_c", 94, _TENTHS_FROM_60,
        "unspecified_remnant", 105, _BIT,
        "battery_voltage_v", 106, _CENTI_FROM_170,
        "tx_power_raw", 114, _BIT,
        "minutes_since_last_sun", 115, _MINUTES,
    ],
}
# fmt: on


def is_encrypted(record_type: int) -> bool:
    """Extended records travel in the clear."""
    return record_type < 0xFF00


def fields(record_type: int) -> "list[tuple]":  # type: ignore[type-arg]
    """Every field: (name, first bit, (width, signed, "not available" or -1, exponent)[, aux mode])."""
    record = RECORDS[record_type]
    found = []
    for at in range(3, len(record), 3):
        form: int = record[at + 2]  # type: ignore[assignment]
        shape = (form & _WIDTH, bool(form & _SIGNED), _not_available(form), _exponent(form))
        aux = form >> 18
        mode = (-1 if aux == _AUX_NEVER >> 18 else aux - 1,) if aux else ()
        found.append((record[at], record[at + 1], shape) + mode)
    return found


def read(whole: int, record_type: int) -> "dict[str, object]":
    """The scaled integers of one payload, given as its little-endian number."""
    return read_as(whole, RECORDS[record_type])


def read_as(whole: int, record: "list[str | int]") -> "dict[str, object]":
    """The same by a record that the caller has, or by a part of one: a board keeps no more than it looks at."""
    values: "dict[str, object]" = {}
    aux_mode = whole >> AUX_MODE_BIT & 3
    # In line what every field needs: calls are most of what a reading costs.
    for at in range(3, len(record), 3):
        form: int = record[at + 2]  # type: ignore[assignment]
        ones = (1 << (form & _WIDTH)) - 1
        value: int = whole >> record[at + 1] & ones  # type: ignore[operator]
        # The pattern is compared before the sign is applied: afterwards 0x1FFFFF is 2097.151 A.
        if (
            (value == ones and form & _ONES)
            or (form & _HIGHEST and value == ones >> 1)
            or (form >= _AUX0 and (form >> 18) - 1 != aux_mode)
        ):
            values[record[at]] = None  # type: ignore[index]
        elif form & _SIGNED:
            values[record[at]] = value if value <= ones >> 1 else value - ones - 1  # type: ignore[index]
        elif form & _NOT_AS_SENT:
            values[record[at]] = _scaled(value, form)  # type: ignore[index]
        else:
            values[record[at]] = value  # type: ignore[index]
    return values


def in_units(values: "dict[str, object]", record_type: int) -> "dict[str, object]":
    """The scaled integers as numbers in their units; codes and masks stay as they are."""
    found = dict(values)
    record = RECORDS[record_type]
    for at in range(5, len(record), 3):
        digits: int = record[at] >> 9 & 3  # type: ignore[operator]
        if not digits:
            continue
        name: str = record[at - 2]  # type: ignore[assignment]
        value = found[name]
        if isinstance(value, int):  # in line, like all that every field needs
            found[name] = value / _SCALES[digits]
        elif value is not None:
            found[name] = _cells_in_volts(value, _SCALES[digits])  # type: ignore[arg-type]
    return found


def _cells_in_volts(cells: tuple, scale: int) -> list:  # type: ignore[type-arg]
    return [one / scale if isinstance(one, int) else one for one in cells]


def exponent(record_type: int, name: str) -> int:
    """How many of the last decimal digits stand behind the point."""
    return exponent_as(RECORDS[record_type], name)


def exponent_as(record: "list[str | int]", name: str) -> int:
    """The same by a record, or a part of one, that has the field."""
    for at in range(3, len(record), 3):
        if record[at] == name:
            return _exponent(record[at + 2])  # type: ignore[arg-type]
    raise KeyError(name)


def _exponent(form: int) -> int:
    return form >> 9 & 3


def _not_available(form: int) -> int:
    """The raw pattern, -1 if there is none."""
    kind = form & (_ONES | _HIGHEST)
    if not kind:
        return -1
    return (1 << (form & _WIDTH) - (kind == _HIGHEST)) - 1


def _scaled(raw: int, form: int) -> object:
    if form & _AS_CELLS:
        return _cells(raw)
    if form & _AS_MINUTES:
        return _minutes(raw)
    if form & _TENS:
        raw *= 10
    elif form & _NEGATIVE:
        raw = -raw
    return raw + _OFFSETS[form >> 13 & 7]


def _cells(raw: int) -> tuple:  # type: ignore[type-arg]
    """Eight 7-bit cell voltages from 2.60 V in 0.01 V; the ends of the range are open."""
    cells: "list[int | str | None]" = []
    for shift in range(0, 56, 7):
        cell = raw >> shift & 0x7F
        if cell == 0x7F:
            cells.append(None)
        elif cell == 0:
            cells.append("<2.61")
        elif cell == 0x7E:
            cells.append(">3.85")
        else:
            cells.append(cell + 260)
    return tuple(cells)


def _minutes(raw: int) -> int:
    """Three ranges: steps of 2 min to an hour, of 10 min to 12 hours, of 30 min above."""
    if raw < 30:
        return 2 * raw
    if raw < 96:
        return 60 + 10 * (raw - 30)
    return 720 + 30 * (raw - 96)
