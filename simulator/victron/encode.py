"""From physical values to a payload, by the tables of `layout`."""

from collections.abc import Mapping

from .layout import AUX_BIT, AUX_FIELDS, LAYOUTS, Field

type Value = float | None
type Values = Mapping[str, Value]


class EncodeError(Exception):
    """The record has no such field, or the field cannot be unavailable."""


def encode(record_type: int, values: Values) -> bytes:
    """Return the payload; what is not given is "not available", spare bits are 1."""
    length, fields = LAYOUTS[record_type]
    unknown = set(values) - {field[2] for field in fields}
    if unknown:
        raise EncodeError(f"record {record_type:#04x} has no {', '.join(sorted(unknown))}")
    whole = (1 << 8 * length) - 1
    if "aux_mode" in values:
        whole &= ~(0xFFFF << AUX_BIT)  # real devices without an aux value send zeros
    for field in fields:
        bit, kind, name, *_ = field
        if not _is_chosen(name, values):
            continue
        mask = (1 << int(kind[1:])) - 1
        whole = whole & ~(mask << bit) | (raw(field, values.get(name)) & mask) << bit
    return whole.to_bytes(length, "little")


def _is_chosen(name: str, values: Values) -> bool:
    """Whether a field has its bits; the aux fields share theirs, and mode 3 has none of them."""
    if name not in AUX_FIELDS or "aux_mode" not in values:
        return True
    mode = values["aux_mode"]
    return mode is not None and int(mode) < len(AUX_FIELDS) and AUX_FIELDS[int(mode)] == name


def raw(field: Field, value: Value) -> int:
    """Return a field's bits as a number: rounded, at the end of its range when beyond it."""
    _, kind, name, step, offset, missing = field
    if value is None:
        if missing is None:
            raise EncodeError(f"{name} is always available")
        return missing
    width = int(kind[1:])
    lowest, highest = (0, (1 << width) - 1)
    if kind[0] == "s":
        lowest, highest = -1 << width - 1, (1 << width - 1) - 1
    number = min(max(round((value - offset) / step), lowest), highest)
    # the pattern of "not available" is never a value: a saturated field shows one step less
    return number - 1 if number == missing else number
