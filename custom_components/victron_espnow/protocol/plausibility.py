"""What a genuine record never holds (docs/instant-readout.md section 8).

Good for judging a key and for flagging a frame, never for dropping a record of a proven key: the
lists are open, and devices send odd values while they lose power.
"""

from .records import RECORDS, exponent, is_encrypted

STATE_CODES = bytes(range(12)) + bytes(range(244, 253))
CHARGER_ERROR_CODES = (
    bytes(range(30))
    + bytes(range(31, 61))
    + bytes(range(65, 78))
    + bytes(range(80, 88))
    + bytes(range(113, 124))
    + bytes((150, 151, 160, 161, 162, 180, 200, 201, 202, 203, 205, 212, 215, 220, 221, 222))
)

# name: known codes, or bits that are clear, or (lowest, highest) in the field's unit
RULES: "dict[str, bytes | int | tuple[int, int]]" = {
    "device_state": STATE_CODES,
    "charger_error": CHARGER_ERROR_CODES,
    "alarm_reason": 0xC000,
    "warning_reason": 0xC000,
    "off_reason": 0xFFFFFC00,
    "soc_pct": (0, 100),
    "battery_voltage_v": (0, 80),
    "battery_voltage1_v": (0, 80),
    "battery_voltage2_v": (0, 80),
    "battery_voltage3_v": (0, 80),
    "monitor_mode": (-9, 8),
}


def fits(record_type: int, name: str, value: "int | None") -> bool:
    """Whether one field is what a device would send; "not available" always is."""
    rule = RULES[name]
    if value is None:
        return True
    if isinstance(rule, int):
        return not value & rule
    if isinstance(rule, tuple):
        scale: int = 10 ** exponent(record_type, name)
        return rule[0] * scale <= value <= rule[1] * scale
    return value in rule


def spare_bits_set(whole: int, length: int, record_type: int) -> bool:
    """The unused high bits are 1; a longer payload may use them, a plain one proves no key."""
    bytes_needed: int = RECORDS[record_type][1]  # type: ignore[assignment]
    spare: int = RECORDS[record_type][2]  # type: ignore[assignment]
    if not spare or length != bytes_needed or not is_encrypted(record_type):
        return True
    return whole >> 8 * bytes_needed - spare & (1 << spare) - 1 == (1 << spare) - 1
