"""Where each field lies in each record, written down a second time.

From the tables of docs/instant-readout.md section 6, on purpose not from the decoder's table: a slip
in one of the two shows in the tests. A field is (first bit, type, name, unit of one step, offset,
pattern of "not available"); u9 and s22 are unsigned and two's complement numbers of so many bits.
"""

type Field = tuple[int, str, str, float, float, int | None]

AUX_BIT = 48
AUX_FIELDS = ("starter_voltage_v", "midpoint_voltage_v", "temperature_c")  # by aux mode
ALWAYS = None  # the field has no pattern for "not available"


def _code(bit: int, kind: str, name: str, missing: int | None) -> Field:
    return (bit, kind, name, 1, 0, missing)


def _aux(*names: str) -> list[Field]:
    """Three meanings of the same bits; a device gives the one of its mode."""
    kinds = {
        "starter_voltage_v": ("s16", 0.01, 0, 0x7FFF),
        "midpoint_voltage_v": ("u16", 0.01, 0, 0xFFFF),
        "temperature_c": ("u16", 0.01, -273.15, 0xFFFF),
    }
    return [(AUX_BIT, kind, name, *rest) for name in names for kind, *rest in [kinds[name]]]


# type: (payload bytes, fields)
LAYOUTS: dict[int, tuple[int, list[Field]]] = {
    0x00: (
        5,
        [
            (0, "u30", "uptime_s", 1, 0, 0x3FFFFFFF),
            (30, "u7", "temperature_c", 1, -40, 0x7F),
        ],
    ),
    0x01: (
        12,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u8", "charger_error", 0xFF),
            (16, "s16", "battery_voltage_v", 0.01, 0, 0x7FFF),
            (32, "s16", "battery_current_a", 0.1, 0, 0x7FFF),
            (48, "u16", "yield_today_wh", 10, 0, 0xFFFF),
            (64, "u16", "pv_power_w", 1, 0, 0xFFFF),
            (80, "u9", "load_current_a", 0.1, 0, 0x1FF),
        ],
    ),
    0x02: (
        15,
        [
            (0, "u16", "ttg_min", 1, 0, 0xFFFF),
            (16, "s16", "battery_voltage_v", 0.01, 0, 0x7FFF),
            _code(32, "u16", "alarm_reason", ALWAYS),
            *_aux("starter_voltage_v", "midpoint_voltage_v", "temperature_c"),
            _code(64, "u2", "aux_mode", ALWAYS),
            (66, "s22", "battery_current_a", 0.001, 0, 0x1FFFFF),
            (88, "u20", "consumed_ah", -0.1, 0, 0xFFFFF),
            (108, "u10", "soc_pct", 0.1, 0, 0x3FF),
        ],
    ),
    0x03: (
        11,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u16", "alarm_reason", ALWAYS),
            (24, "s16", "battery_voltage_v", 0.01, 0, 0x7FFF),
            (40, "u16", "ac_apparent_power_va", 1, 0, 0xFFFF),
            (56, "u15", "ac_voltage_v", 0.01, 0, 0x7FFF),
            (71, "u11", "ac_current_a", 0.1, 0, 0x7FF),
        ],
    ),
    0x04: (
        10,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u8", "charger_error", 0xFF),
            (16, "u16", "input_voltage_v", 0.01, 0, 0xFFFF),
            (32, "s16", "output_voltage_v", 0.01, 0, 0x7FFF),
            _code(48, "u32", "off_reason", ALWAYS),
        ],
    ),
    0x05: (
        16,
        [
            _code(0, "u32", "bms_flags", ALWAYS),
            _code(32, "u16", "error_flags", ALWAYS),
            *[(48 + 7 * k, "u7", f"cell_{k}_v", 0.01, 2.60, 0x7F) for k in range(8)],
            (104, "u12", "battery_voltage_v", 0.01, 0, 0xFFF),
            _code(116, "u4", "balancer_status", 0xF),
            (120, "u7", "battery_temperature_c", 1, -40, 0x7F),
        ],
    ),
    0x06: (
        12,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u8", "charger_error", 0xFF),
            (16, "s16", "battery_voltage_v", 0.01, 0, 0x7FFF),
            (32, "s16", "battery_current_a", 0.1, 0, 0x7FFF),
            (48, "u16", "pv_power_w", 1, 0, 0xFFFF),
            (64, "u16", "yield_today_wh", 10, 0, 0xFFFF),
            (80, "s16", "ac_out_power_w", 1, 0, 0x7FFF),
        ],
    ),
    0x08: (
        13,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u8", "charger_error", 0xFF),
            (16, "u13", "battery_voltage1_v", 0.01, 0, 0x1FFF),
            (29, "u11", "battery_current1_a", 0.1, 0, 0x7FF),
            (40, "u13", "battery_voltage2_v", 0.01, 0, 0x1FFF),
            (53, "u11", "battery_current2_a", 0.1, 0, 0x7FF),
            (64, "u13", "battery_voltage3_v", 0.01, 0, 0x1FFF),
            (77, "u11", "battery_current3_a", 0.1, 0, 0x7FF),
            (88, "u7", "temperature_c", 1, -40, 0x7F),
            (95, "u9", "ac_current_a", 0.1, 0, 0x1FF),
        ],
    ),
    0x09: (
        15,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u8", "output_state", 0xFF),
            _code(16, "u8", "error_code", 0xFF),
            _code(24, "u16", "alarm_reason", ALWAYS),
            _code(40, "u16", "warning_reason", ALWAYS),
            (56, "s16", "input_voltage_v", 0.01, 0, 0x7FFF),
            (72, "u16", "output_voltage_v", 0.01, 0, 0xFFFF),
            _code(88, "u32", "off_reason", ALWAYS),
        ],
    ),
    0x0A: (
        16,
        [
            _code(0, "u8", "error", ALWAYS),
            (8, "u16", "ttg_min", 1, 0, 0xFFFF),
            (24, "s16", "battery_voltage_v", 0.01, 0, 0x7FFF),
            (40, "s16", "battery_current_a", 0.1, 0, 0x7FFF),
            _code(56, "u16", "io_status", ALWAYS),
            _code(72, "u18", "warnings_alarms", ALWAYS),
            (90, "u10", "soc_pct", 0.1, 0, 0x3FF),
            (100, "u20", "consumed_ah", -0.1, 0, 0xFFFFF),
            (120, "u7", "temperature_c", 1, -40, 0x7F),
        ],
    ),
    0x0B: (
        14,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u8", "charger_error", 0xFF),
            (16, "s16", "battery_current_a", 0.1, 0, 0x7FFF),
            (32, "u14", "battery_voltage_v", 0.01, 0, 0x3FFF),
            _code(46, "u2", "active_ac_in", 0x3),
            (48, "s16", "ac_in_power_w", 1, 0, 0x7FFF),
            (64, "s16", "ac_out_power_w", 1, 0, 0x7FFF),
            (80, "u16", "pv_power_w", 1, 0, 0xFFFF),
            (96, "u16", "yield_today_wh", 10, 0, 0xFFFF),
        ],
    ),
    0x0C: (
        13,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u8", "vebus_error", 0xFF),
            (16, "s16", "battery_current_a", 0.1, 0, 0x7FFF),
            (32, "u14", "battery_voltage_v", 0.01, 0, 0x3FFF),
            _code(46, "u2", "active_ac_in", 0x3),
            (48, "s19", "ac_in_power_w", 1, 0, 0x3FFFF),
            (67, "s19", "ac_out_power_w", 1, 0, 0x3FFFF),
            _code(86, "u2", "alarm", 0x3),
            (88, "u7", "battery_temperature_c", 1, -40, 0x7F),
            (95, "u7", "soc_pct", 1, 0, 0x7F),
        ],
    ),
    0x0D: (
        11,
        [
            _code(0, "s16", "monitor_mode", ALWAYS),
            (16, "s16", "battery_voltage_v", 0.01, 0, 0x7FFF),
            _code(32, "u16", "alarm_reason", ALWAYS),
            *_aux("starter_voltage_v", "temperature_c"),
            _code(64, "u2", "aux_mode", ALWAYS),
            (66, "s22", "battery_current_a", 0.001, 0, 0x1FFFFF),
        ],
    ),
    0x0F: (
        14,
        [
            _code(0, "u8", "device_state", 0xFF),
            _code(8, "u8", "charger_error", 0xFF),
            (16, "s16", "output_voltage_v", 0.01, 0, 0x7FFF),
            (32, "s16", "output_current_a", 0.1, 0, 0x7FFF),
            (48, "u16", "input_voltage_v", 0.01, 0, 0xFFFF),
            (64, "u16", "input_current_a", 0.1, 0, 0xFFFF),
            _code(80, "u32", "off_reason", ALWAYS),
        ],
    ),
}
