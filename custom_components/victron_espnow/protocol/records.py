"""The record tables: where each field lies, how it is scaled, and when it is not available.

Source: docs/instant-readout.md section 6 (Victron's PDF of 2022-12-14 with its errata, and
Victron's own receiver dbus-ble-sensors). A field is (name, first bit, format[, aux mode]) and a
format is (width, signed, raw pattern of "not available" or -1, factor, exponent, offset, convert):
value = (raw * factor + offset) / 10 ** exponent. Bits count from the start of the payload, which
is one little-endian integer.
"""

_NEVER = -1  # no bit pattern means "not available"; also: no aux mode selects the field


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


# Codes and masks: raw numbers.
_CODE8 = (8, False, 0xFF, 1, 0, 0, None)
_CODE8_ALWAYS = (8, False, _NEVER, 1, 0, 0, None)
_CODE4 = (4, False, 0xF, 1, 0, 0, None)
_CODE2 = (2, False, 0x3, 1, 0, 0, None)
_CODE2_ALWAYS = (2, False, _NEVER, 1, 0, 0, None)
_BIT = (1, False, _NEVER, 1, 0, 0, None)
_SIGNED_CODE16 = (16, True, _NEVER, 1, 0, 0, None)
_MASK16 = (16, False, _NEVER, 1, 0, 0, None)
_MASK18 = (18, False, _NEVER, 1, 0, 0, None)
_MASK32 = (32, False, _NEVER, 1, 0, 0, None)

# Quantities in whole units.
_U7 = (7, False, 0x7F, 1, 0, 0, None)
_U16 = (16, False, 0xFFFF, 1, 0, 0, None)
_U20 = (20, False, 0xFFFFF, 1, 0, 0, None)
_U30 = (30, False, 0x3FFFFFFF, 1, 0, 0, None)
_S16 = (16, True, 0x7FFF, 1, 0, 0, None)
_S19 = (19, True, 0x3FFFF, 1, 0, 0, None)
_TENS16 = (16, False, 0xFFFF, 10, 0, 0, None)
_TENS20 = (20, False, 0xFFFFF, 10, 0, 0, None)
_DEGREES = (7, False, 0x7F, 1, 0, -40, None)

# Tenths, hundredths, thousandths.
_TENTHS9 = (9, False, 0x1FF, 1, 1, 0, None)
_TENTHS10 = (10, False, 0x3FF, 1, 1, 0, None)
_TENTHS11 = (11, False, 0x7FF, 1, 1, 0, None)
_TENTHS14 = (14, False, 0x3FFF, 1, 1, 0, None)
_TENTHS16 = (16, False, 0xFFFF, 1, 1, 0, None)
_TENTHS_S16 = (16, True, 0x7FFF, 1, 1, 0, None)
_TENTHS_DOWN20 = (20, False, 0xFFFFF, -1, 1, 0, None)  # sent positive, means negative
_TENTHS_FROM_60 = (11, False, 0x7FF, 1, 1, -600, None)
_CENTI12 = (12, False, 0xFFF, 1, 2, 0, None)
_CENTI13 = (13, False, 0x1FFF, 1, 2, 0, None)
_CENTI14 = (14, False, 0x3FFF, 1, 2, 0, None)
_CENTI15 = (15, False, 0x7FFF, 1, 2, 0, None)
_CENTI16 = (16, False, 0xFFFF, 1, 2, 0, None)
_CENTI_S16 = (16, True, 0x7FFF, 1, 2, 0, None)
_CENTI_KELVIN = (16, False, 0xFFFF, 1, 2, -27315, None)
_CENTI_FROM_170 = (8, False, 0xFF, 1, 2, 170, None)
_MILLI_S22 = (22, True, 0x1FFFFF, 1, 3, 0, None)  # the PDF's 0x3FFFFF is a genuine -0.001 A

_CELLS = (56, False, _NEVER, 1, 2, 0, _cells)
_MINUTES = (7, False, 0x7F, 1, 0, 0, _minutes)

AUX_MODE_BIT = 64  # in both records that share their aux value between three fields

# type: (name, payload bytes, spare high bits, fields)
RECORDS: "dict[int, tuple[str, int, int, tuple[tuple, ...]]]" = {  # type: ignore[type-arg]
    0x00: (
        "test",
        5,
        3,
        (
            ("uptime_s", 0, _U30),
            ("temperature_c", 30, _DEGREES),
        ),
    ),
    0x01: (
        "solar_charger",
        12,
        7,
        (
            ("device_state", 0, _CODE8),
            ("charger_error", 8, _CODE8),
            ("battery_voltage_v", 16, _CENTI_S16),
            ("battery_current_a", 32, _TENTHS_S16),
            ("yield_today_wh", 48, _TENS16),
            ("pv_power_w", 64, _U16),
            ("load_current_a", 80, _TENTHS9),
        ),
    ),
    0x02: (
        "battery_monitor",
        15,
        2,
        (
            ("ttg_min", 0, _U16),
            ("battery_voltage_v", 16, _CENTI_S16),
            ("alarm_reason", 32, _MASK16),
            ("aux_mode", 64, _CODE2_ALWAYS),
            ("battery_current_a", 66, _MILLI_S22),
            ("consumed_ah", 88, _TENTHS_DOWN20),
            ("soc_pct", 108, _TENTHS10),
            ("starter_voltage_v", 48, _CENTI_S16, 0),
            ("midpoint_voltage_v", 48, _CENTI16, 1),
            ("temperature_c", 48, _CENTI_KELVIN, 2),
        ),
    ),
    0x03: (
        "inverter",
        11,
        6,
        (
            ("device_state", 0, _CODE8),
            ("alarm_reason", 8, _MASK16),
            ("battery_voltage_v", 24, _CENTI_S16),
            ("ac_apparent_power_va", 40, _U16),
            ("ac_voltage_v", 56, _CENTI15),
            ("ac_current_a", 71, _TENTHS11),
        ),
    ),
    0x04: (
        "dcdc_converter",
        10,
        0,
        (
            ("device_state", 0, _CODE8),
            ("charger_error", 8, _CODE8),
            ("input_voltage_v", 16, _CENTI16),
            ("output_voltage_v", 32, _CENTI_S16),
            ("off_reason", 48, _MASK32),
        ),
    ),
    0x05: (
        "smart_lithium",
        16,
        1,
        (
            ("bms_flags", 0, _MASK32),
            ("error_flags", 32, _MASK16),
            ("cell_voltages_v", 48, _CELLS),
            ("battery_voltage_v", 104, _CENTI12),
            ("balancer_status", 116, _CODE4),
            ("battery_temperature_c", 120, _DEGREES),
        ),
    ),
    0x06: (
        "inverter_rs",
        12,
        0,
        (
            ("device_state", 0, _CODE8),
            ("charger_error", 8, _CODE8),
            ("battery_voltage_v", 16, _CENTI_S16),
            ("battery_current_a", 32, _TENTHS_S16),
            ("pv_power_w", 48, _U16),
            ("yield_today_wh", 64, _TENS16),
            ("ac_out_power_w", 80, _S16),
        ),
    ),
    0x07: ("gx_device", 0, 0, ()),  # the PDF's draft is "to be determined"
    0x08: (
        "ac_charger",
        13,
        0,
        (
            ("device_state", 0, _CODE8),
            ("charger_error", 8, _CODE8),
            ("battery_voltage1_v", 16, _CENTI13),
            ("battery_current1_a", 29, _TENTHS11),
            ("battery_voltage2_v", 40, _CENTI13),
            ("battery_current2_a", 53, _TENTHS11),
            ("battery_voltage3_v", 64, _CENTI13),
            ("battery_current3_a", 77, _TENTHS11),
            ("temperature_c", 88, _DEGREES),
            ("ac_current_a", 95, _TENTHS9),
        ),
    ),
    0x09: (
        "smart_battery_protect",
        15,
        0,
        (
            ("device_state", 0, _CODE8),
            ("output_state", 8, _CODE8),
            ("error_code", 16, _CODE8),
            ("alarm_reason", 24, _MASK16),
            ("warning_reason", 40, _MASK16),
            ("input_voltage_v", 56, _CENTI_S16),
            ("output_voltage_v", 72, _CENTI16),
            ("off_reason", 88, _MASK32),
        ),
    ),
    0x0A: (
        "lynx_smart_bms",
        16,
        1,
        (
            ("error", 0, _CODE8_ALWAYS),
            ("ttg_min", 8, _U16),
            ("battery_voltage_v", 24, _CENTI_S16),
            ("battery_current_a", 40, _TENTHS_S16),
            ("io_status", 56, _MASK16),
            ("warnings_alarms", 72, _MASK18),
            ("soc_pct", 90, _TENTHS10),
            ("consumed_ah", 100, _TENTHS_DOWN20),
            ("temperature_c", 120, _DEGREES),
        ),
    ),
    0x0B: (
        "multi_rs",
        14,
        0,
        (
            ("device_state", 0, _CODE8),
            ("charger_error", 8, _CODE8),
            ("battery_current_a", 16, _TENTHS_S16),
            ("battery_voltage_v", 32, _CENTI14),
            ("active_ac_in", 46, _CODE2),
            ("ac_in_power_w", 48, _S16),
            ("ac_out_power_w", 64, _S16),
            ("pv_power_w", 80, _U16),
            ("yield_today_wh", 96, _TENS16),
        ),
    ),
    0x0C: (
        "ve_bus",
        13,
        2,
        (
            ("device_state", 0, _CODE8),
            ("vebus_error", 8, _CODE8),
            ("battery_current_a", 16, _TENTHS_S16),
            ("battery_voltage_v", 32, _CENTI14),
            ("active_ac_in", 46, _CODE2),
            ("ac_in_power_w", 48, _S19),
            ("ac_out_power_w", 67, _S19),
            ("alarm", 86, _CODE2),
            ("battery_temperature_c", 88, _DEGREES),
            ("soc_pct", 95, _U7),
        ),
    ),
    0x0D: (
        "dc_energy_meter",
        11,
        0,
        (
            ("monitor_mode", 0, _SIGNED_CODE16),
            ("battery_voltage_v", 16, _CENTI_S16),
            ("alarm_reason", 32, _MASK16),
            ("aux_mode", 64, _CODE2_ALWAYS),
            ("battery_current_a", 66, _MILLI_S22),
            ("starter_voltage_v", 48, _CENTI_S16, 0),
            ("midpoint_voltage_v", 48, _CENTI16, _NEVER),
            ("temperature_c", 48, _CENTI_KELVIN, 2),
        ),
    ),
    0x0E: ("smart_bms", 0, 0, ()),  # no layout is published
    0x0F: (
        "orion_xs",
        14,
        0,
        (
            ("device_state", 0, _CODE8),
            ("charger_error", 8, _CODE8),
            ("output_voltage_v", 16, _CENTI_S16),
            ("output_current_a", 32, _TENTHS_S16),
            ("input_voltage_v", 48, _CENTI16),
            ("input_current_a", 64, _TENTHS16),
            ("off_reason", 80, _MASK32),
        ),
    ),
    0xFF00: ("plain_test", 0, 0, ()),  # no layout is published
    0xFF01: (
        "solar_sense",
        16,
        6,
        (
            ("error_code", 0, _MASK32),
            ("charger_error", 32, _CODE8),
            ("installation_power_w", 40, _U20),
            ("yield_today_wh", 60, _TENS20),
            ("irradiance_w_m2", 80, _TENTHS14),
            ("cell_temperature_c", 94, _TENTHS_FROM_60),
            ("unspecified_remnant", 105, _BIT),
            ("battery_voltage_v", 106, _CENTI_FROM_170),
            ("tx_power_raw", 114, _BIT),
            ("minutes_since_last_sun", 115, _MINUTES),
        ),
    ),
}


def is_encrypted(record_type: int) -> bool:
    """Extended records travel in the clear."""
    return record_type < 0xFF00


def read(whole: int, record_type: int) -> "dict[str, object]":
    """The scaled integers of one payload, given as its little-endian number."""
    values: "dict[str, object]" = {}
    aux_mode = whole >> AUX_MODE_BIT & 3
    for field in RECORDS[record_type][3]:
        width, signed, not_available, factor, _, offset, convert = field[2]
        raw = whole >> field[1] & (1 << width) - 1
        # The pattern is compared before the sign is applied: afterwards 0x1FFFFF is 2097.151 A.
        if raw == not_available or (len(field) == 4 and field[3] != aux_mode):
            values[field[0]] = None
        elif convert:
            values[field[0]] = convert(raw)
        else:
            if signed and raw >> width - 1:
                raw -= 1 << width
            values[field[0]] = raw * factor + offset
    return values


def exponent(record_type: int, name: str) -> int:
    """How many of the last decimal digits stand behind the point."""
    for field in RECORDS[record_type][3]:
        if field[0] == name:
            return field[2][4]  # type: ignore[no-any-return]
    raise KeyError(name)
