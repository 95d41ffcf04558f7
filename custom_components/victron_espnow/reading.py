"""One reading, decoded by a table that is prepared once for each record.

`protocol.instant_readout` works out anew for every frame what a record's table says, because a board
has no memory for more. Here some kilobytes are worth a third of the time; tests hold both against
each other.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from .protocol import names, records
from .protocol.advertisement import product_id
from .protocol.aes import key_stream
from .protocol.instant_readout import check, check_key
from .protocol.plausibility import RULES

# All that has no unit: it is told at once.
_CODED = (names.STATES, names.FLAGS, names.LEVELS)
_LONGEST_PAYLOAD = 16
_AUX_MODES = 4


class Reading(NamedTuple):
    """What one frame says."""

    record_type: int
    product_id: int
    fields: dict[str, Any]  # in their units; codes and masks are numbers
    plausible: bool
    whole: int  # all that the fields follow from; -1 if there is more
    codes: int  # what of it states, alarms and errors follow from


# Name, first bit, mask, pattern of "not available", sign bit, factor, offset, divisor.
type _Field = tuple[str, int, int, int, int, int, int, int]


class Layout(NamedTuple):
    """What a record holds."""

    names: frozenset[str] = frozenset()
    none: Mapping[str, Any] = MappingProxyType({})  # every field, in the record's order
    coded: tuple[str, ...] = ()  # states, alarms and errors
    record_type: int = 0
    length: int = 0  # in bytes
    is_encrypted: bool = False
    bits: int = 0  # of the whole record
    code_bits: int = 0
    spare_bits: int = 0  # which are set
    fields: tuple[tuple[_Field, ...], ...] = ()  # for each mode of the auxiliary input
    # Not proportional: cells, and minutes in three ranges.
    special: tuple[tuple[_Field, int], ...] = ()
    rules: tuple[tuple[str, Any], ...] = ()


@cache
def layout(record_type: int | None) -> Layout:
    """Prepare what a record holds; a type of a later version holds nothing we know."""
    if record_type not in records.RECORDS:
        return Layout()
    plain: list[tuple[_Field, int | None]] = []
    special: list[tuple[_Field, int]] = []
    for (name, shift, shape, *mode), form in zip(
        records.fields(record_type), records.RECORDS[record_type][5::3], strict=True
    ):
        assert isinstance(form, int)
        field = _field(name, shift, shape, form)
        if form & (records._AS_CELLS | records._AS_MINUTES):
            special.append((field, form))
        else:
            plain.append((field, mode[0] if mode else None))
    every = [str(name) for name in records.RECORDS[record_type][3::3]]
    coded = tuple(name for name in every if any(name in table for table in _CODED))
    length, spare = (int(str(number)) for number in records.RECORDS[record_type][1:3])
    return Layout(
        frozenset(every),
        dict.fromkeys(every),
        coded,
        record_type,
        length,
        records.is_encrypted(record_type),
        (1 << 8 * length) - 1,
        sum(mask << shift for (name, shift, mask, *_), _ in plain if name in coded),
        (1 << 8 * length) - (1 << 8 * length - spare) if records.is_encrypted(record_type) else 0,
        tuple(
            tuple(field for field, only_in in plain if only_in in (None, mode))
            for mode in range(_AUX_MODES)
        ),
        tuple(special),
        tuple((name, RULES[name]) for name in every if name in RULES),
    )


def _field(name: str, shift: int, shape: tuple[int, bool, int, int], form: int) -> _Field:
    width, signed, not_available, exponent = shape
    offset = factor = 0
    if not form & records._AS_CELLS:
        offset = int(str(records._scaled(0, form)))
        factor = int(str(records._scaled(1, form))) - offset
    sign = 1 << width - 1 if signed else 0
    return name, shift, (1 << width) - 1, not_available, sign, factor, offset, 10**exponent


def decode(md: bytes, key: bytes, before: Reading | None = None) -> Reading:
    """Return the reading in manufacturer data, or raise a ProtocolError.

    If it says what the one before it said, it is the one before it.
    """
    length = len(md) - 8
    record = _USUAL.get(md[4]) if length > 0 and md[0] == 0x10 else None
    if record is None or length < record.length or len(key) != 16 or key[0] != md[7]:
        record = _checked(md, key)
    record_type = record.record_type
    whole = int.from_bytes(md[8 : 8 + _LONGEST_PAYLOAD], "little")
    if record.is_encrypted:
        whole ^= int.from_bytes(key_stream(key, md), "little")
    product = product_id(md)
    known = whole & record.bits if length == record.length else -1
    if (
        before is not None
        and known == before.whole
        and known != -1
        and record_type == before.record_type
        and product == before.product_id
    ):
        return before
    found: dict[str, Any] = dict(record.none)
    # In line, because 200 of these a second are half of what an advertisement costs.
    for name, shift, mask, not_available, sign, factor, offset, divisor in record.fields[
        whole >> records.AUX_MODE_BIT & _AUX_MODES - 1
    ]:
        raw = whole >> shift & mask
        # The pattern is compared before the sign is applied: afterwards 0x1FFFFF is 2097.151 A.
        if raw == not_available:
            continue
        if raw & sign:
            raw -= mask + 1
        raw = raw * factor + offset
        found[name] = raw / divisor if divisor > 1 else raw
    for field, form in record.special:
        found[field[0]] = _special(whole, field, form)
    spare = record.spare_bits if length == record.length else 0  # a longer payload may use them
    plausible = whole & spare == spare and _fits(record, found)
    return Reading(record_type, product, found, plausible, known, whole & record.code_bits)


# What neither is extended nor a test.
_USUAL = {
    record_type: layout(record_type) for record_type in records.RECORDS if 0 < record_type < 0xFF
}


def _checked(md: bytes, key: bytes) -> Layout:
    """Return what a frame's record holds, or say what is wrong with the frame or with the key."""
    record_type, _ = check(md)
    record = layout(record_type)
    if record.is_encrypted:
        check_key(md, key)
    return record


def _special(whole: int, field: _Field, form: int) -> Any:
    _, shift, mask, not_available, *_, divisor = field
    raw = whole >> shift & mask
    if raw == not_available:
        return None
    value = records._scaled(raw, form)
    if not isinstance(value, tuple):
        return value
    return [one / divisor if isinstance(one, int) else one for one in value]


def _fits(record: Layout, found: dict[str, Any]) -> bool:
    """Return whether every value is what a device would send; "not available" always is."""
    for name, rule in record.rules:
        value = found[name]
        if value is None:
            continue
        if type(rule) is tuple:
            if not rule[0] <= value <= rule[1]:
                return False
        elif type(rule) is int:
            if value & rule:
                return False
        elif value not in rule:
            return False
    return True
