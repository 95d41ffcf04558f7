"""The test vectors that ours and both peers can read, and the peers' objects for them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "tests" / "protocol" / "vectors.json"
_NOT_TO_BE_READ = ("malformed", "wrong_key")
_COMPANY = 0x02E1


@dataclass(frozen=True, slots=True)
class Vector:
    """One advertisement with its key."""

    device: str
    record: str
    md: bytes
    key: bytes


def decodable() -> Iterator[Vector]:
    """Return what all three read."""
    return (vector for vector in _all() if _readable(vector))


def left_out() -> list[str]:
    """Return the records that a peer does not read, how many vectors of each."""
    found: dict[str, int] = {}
    for vector in _all():
        if not _readable(vector):
            found[vector.record] = found.get(vector.record, 0) + 1
    return [f"{count} of {record}" for record, count in found.items()]


def peer_of(vector: Vector) -> Any:
    """Return victron-ble's object for the device."""
    from victron_ble.devices import detect_device_type

    device = detect_device_type(vector.md)
    return device and device(vector.key.hex())


def ha_parser_of(vector: Vector) -> tuple[Any, Any]:
    """Return victron-ble-ha-parser's object for the device, and the advertisement in its form."""
    from home_assistant_bluetooth import BluetoothServiceInfo
    from victron_ble_ha_parser import VictronBluetoothDeviceData

    info = BluetoothServiceInfo(
        vector.device, "C0:DE:00:00:00:01", -60, {_COMPANY: vector.md}, {}, [], "local"
    )
    return VictronBluetoothDeviceData(vector.key.hex()), info


def _all() -> Iterator[Vector]:
    for one in json.loads(FILE.read_text("utf-8")):
        if one["kind"] in _NOT_TO_BE_READ or not one["key_hex"] or not one["expected"]:
            continue
        yield Vector(
            one["device"],
            one["record_type"],
            bytes.fromhex(one["manufacturer_data_hex"]),
            bytes.fromhex(one["key_hex"]),
        )


def _readable(vector: Vector) -> bool:
    """Tell whether both peers read it without an exception, and find something."""
    try:
        device = peer_of(vector)
        if device is None or not device.parse(vector.md):
            return False
        parser, info = ha_parser_of(vector)
        return len(parser.update(info).entity_values) > 1  # signal strength is always there
    except ValueError, TypeError, AttributeError, KeyError:
        return False
