"""Why a device complains: alarms, warnings, errors and what keeps its output off, as lists of slugs.

Several at once are normal. Every list is open: a bit that nobody documented is `unknown_code`, and
its number stands beside it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from .protocol import names

UNKNOWN_CODE = names.UNDOCUMENTED

type Slugs = tuple[str, ...]
type Fields = Mapping[str, Any]

ALARM = "alarm"
WARNING = "warning"
ERROR = "error"
OFF = "off"

# What a user or the engine does on purpose, or what darkness and a parked car do, is no problem.
_HARMLESS_OFF = {
    "no_input_power",
    "switched_off_switch",
    "switched_off_register",
    "remote_input",
    "engine_shutdown",
    "analysing_input_voltage",
}
_NO_ERROR = "no_error"
# Its error codes are its own, and nobody published them.
_SOLAR_SENSE_HAS = "irradiance_w_m2"
_LEVEL = {WARNING: 2, ALARM: 3}
_SAYS_NO_MORE = {WARNING: 1, ALARM: 2}  # VE.Bus: that there is one, not which
# Of a BMS's flags these are neither alarm nor warning, and two have entities of their own.
_BMS_STATUS = (
    "charged",
    "almost_charged",
    "discharged",
    "almost_discharged",
    "charging",
    "discharging",
    "balancing",
    "safety_contactor",
)
_BMS_ALARM_WITHOUT_SUFFIX = "hardware_failure"


def flags(field: str) -> Callable[[int], Slugs]:
    """Read a mask by its table."""
    return lambda mask: names.flag_slugs(field, mask)


def _bms_flags(group: str) -> Callable[[int], Slugs]:
    """Take the group's bits of a SmartLithium battery: `over_voltage` of `over_voltage_alarm`."""
    suffix = f"_{group}"

    def slugs(mask: int) -> Slugs:
        found = names.flag_slugs("bms_flags", mask)
        return tuple(
            slug.removesuffix(suffix)
            for slug in found
            if slug.endswith(suffix) or (group == ALARM and slug == _BMS_ALARM_WITHOUT_SUFFIX)
        )

    return slugs


def bms_status(mask: int) -> Slugs:
    """Tell what a SmartLithium battery does; unknown bits could be anything."""
    known = (*_BMS_STATUS, UNKNOWN_CODE)
    return tuple(slug for slug in names.flag_slugs("bms_flags", mask) if slug in known)


def _levels(group: str) -> Callable[[int], Slugs]:
    """Take what is at the group's level in a Lynx BMS; two of its bits are not published."""
    level = _LEVEL[group]

    def slugs(value: int) -> Slugs:
        found = [
            slug for slug, one in names.levels("warnings_alarms", value).items() if one == level
        ]
        unknown = value >> 14 & 3 == level
        return (*found, UNKNOWN_CODE) if unknown else tuple(found)

    return slugs


def _vebus(group: str) -> Callable[[int], Slugs]:
    return lambda code: (UNKNOWN_CODE,) if code == _SAYS_NO_MORE[group] else ()


def _error(field: str) -> Callable[[int], Slugs]:
    def slugs(code: int) -> Slugs:
        slug = names.state_slug(field, code)
        return () if slug in (None, _NO_ERROR) else (str(slug),)

    return slugs


def _off(mask: int) -> Slugs:
    return tuple(slug for slug in names.flag_slugs("off_reason", mask) if slug not in _HARMLESS_OFF)


# group: the fields that tell it, and how to read each
GROUPS: dict[str, dict[str, Callable[[int], Slugs]]] = {
    ALARM: {
        "alarm_reason": flags("alarm_reason"),
        "bms_flags": _bms_flags(ALARM),
        "warnings_alarms": _levels(ALARM),
        "alarm": _vebus(ALARM),
    },
    WARNING: {
        "warning_reason": flags("warning_reason"),
        "bms_flags": _bms_flags(WARNING),
        "warnings_alarms": _levels(WARNING),
        "alarm": _vebus(WARNING),
    },
    ERROR: {
        "charger_error": _error("charger_error"),
        "error_code": _error("error_code"),
        "error": _error("error"),
        "vebus_error": _error("vebus_error"),
        "error_flags": flags("error_flags"),
    },
    OFF: {"off_reason": _off},
}
FIELDS = frozenset(field for readers in GROUPS.values() for field in readers)


def standing(group: str, fields: Fields) -> Slugs:
    """Return what stands of a group, each once."""
    found: list[str] = []
    for field, read in GROUPS[group].items():
        if not (code := fields.get(field)):
            continue
        unpublished = field == "error_code" and _SOLAR_SENSE_HAS in fields
        slugs = (UNKNOWN_CODE,) if unpublished else read(code)
        found += [slug for slug in slugs if slug not in found]
    return tuple(found)


def is_told(group: str, fields: Fields) -> bool:
    """Return whether the device tells anything of the group at present."""
    return any(fields.get(field) is not None for field in GROUPS[group])


def codes(group: str, fields: Fields) -> dict[str, int]:
    """Return the raw numbers, for reports."""
    return {field: fields[field] for field in GROUPS[group] if fields.get(field) is not None}


def bms_options(group: str) -> list[str]:
    """Return what `bms_flags` and `warnings_alarms` can name together."""
    suffix = f"_{group}"
    flag = [
        slug.removesuffix(suffix)
        for slug in names.all_flag_slugs("bms_flags")
        if slug.endswith(suffix)
    ]
    if group == ALARM:
        flag.append(_BMS_ALARM_WITHOUT_SUFFIX)
    level = list(names.levels("warnings_alarms", 0))
    return [*dict.fromkeys([*flag, *level]), UNKNOWN_CODE]


def bms_status_options() -> list[str]:
    """Return what `bms_status` can name."""
    return [*_BMS_STATUS, UNKNOWN_CODE]
