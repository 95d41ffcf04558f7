"""Scenarios: short files that say which devices there are and what they send."""

import json
from pathlib import Path
from typing import Any

from .replay import Device, ReplaySource

FOLDER = Path(__file__).parent / "scenarios"


def names() -> list[str]:
    """Return what can be run."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def describe(name: str) -> str:
    """Return the scenario's own sentence."""
    return str(_read(name)["about"])


def load(name: str) -> ReplaySource:
    """Return the scenario's devices, ready to advertise."""
    content = _read(name)
    devices = [_device(entry) for entry in content["devices"]]
    return ReplaySource(devices, content.get("period_s", 10), content.get("foreign", True))


def _read(name: str) -> dict[str, Any]:
    path = FOLDER / f"{name}.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _device(entry: dict[str, Any]) -> Device:
    return Device(
        name=entry["name"],
        address=bytes.fromhex(entry["address"].replace(":", "")),
        key=bytes.fromhex(entry["key"]) if entry.get("key") else None,
        captures=[bytes.fromhex(one["md"]) for one in entry["captures"]],
        payloads=[bytes.fromhex(one["payload"]) for one in entry.get("more", [])],
        rssi=entry.get("rssi", -70),
    )
