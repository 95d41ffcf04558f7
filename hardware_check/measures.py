"""Figures from what was heard: no port, no clock, no questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

NONCES = 1 << 16
_MOST_MISSING = 600  # a larger step is a device that began anew, not readings that were lost
_BUCKET_DB = 10


@dataclass
class Device:
    """What came of one Victron device."""

    times: list[float] = field(default_factory=list)
    nonces: list[int] = field(default_factory=list)
    strengths: list[int] = field(default_factory=list)

    def add(self, at: float, rssi: int, md: bytes) -> None:
        """Note one reading; the same nonce again is a repetition."""
        nonce = md[5] | md[6] << 8
        self.strengths.append(rssi)
        if self.nonces and self.nonces[-1] == nonce:
            return
        self.nonces.append(nonce)
        self.times.append(at)

    @property
    def missing(self) -> int:
        """Return how many nonces are missing between those that came."""
        steps = [(b - a) % NONCES for a, b in pairwise(self.nonces)]
        return sum(step - 1 for step in steps if step < _MOST_MISSING)

    def figures(self, seconds: float) -> dict[str, Any]:
        """Return rate, losses and strength."""
        gaps = [b - a for a, b in pairwise(self.times)]
        return {
            "readings": len(self.nonces),
            "per_minute": rounded(60 * len(self.nonces) / seconds) if seconds else None,
            "missing_percent": percent(self.missing, len(self.nonces) + self.missing),
            "longest_gap_s": rounded(max(gaps, default=None)),
            "rssi": median(self.strengths) if self.strengths else None,
        }


def by_strength(devices: Iterable[Device]) -> dict[str, float | None]:
    """Return the share of missing readings by how strong the device is heard, in steps of 10 dB."""
    counts: dict[int, list[int]] = {}
    for device in devices:
        if device.strengths:
            bucket = int(median(device.strengths) // _BUCKET_DB * _BUCKET_DB)
            one = counts.setdefault(bucket, [0, 0])
            one[0] += device.missing
            one[1] += device.missing + len(device.nonces)
    return {
        f"{bucket} to {bucket + _BUCKET_DB - 1} dBm": percent(*counts[bucket])
        for bucket in sorted(counts, reverse=True)
    }


def hop(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the radio between the nodes lost, from two `node` lines."""
    frames = gained(before, after, "frames")
    lost = gained(before, after, "lost")
    return {
        "frames": frames,
        "lost": lost,
        "lost_percent": None if frames is None or lost is None else percent(lost, frames + lost),
        "rssi": after.get("rssi"),
    }


def receipts(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Compare what a radio acknowledged with what the display node itself confirmed."""
    came = gained(before, after, "receipts")
    missing = gained(before, after, "missing_receipts")
    acknowledged = gained(before, after, "acknowledged")
    unacknowledged = gained(before, after, "unacknowledged")
    return {
        "mac_acknowledged_percent": _share(acknowledged, unacknowledged),
        "receipts_percent": _share(came, missing),
        "asked": None if came is None or missing is None else came + missing,
        "retries": gained(before, after, "retries"),
    }


def _share(good: int | None, bad: int | None) -> float | None:
    return None if good is None or bad is None else percent(good, good + bad)


def gained(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> int | None:
    """Return by how much a counter rose; a node that started again in between has no answer."""
    first, last = before.get(name), after.get(name)
    if not isinstance(first, int) or not isinstance(last, int) or last < first:
        return None
    return last - first


def percent(part: float, whole: float) -> float | None:
    """Return a share, None of nothing."""
    return round(100 * part / whole, 2) if whole else None


def rounded(value: float | None) -> float | None:
    """Return one digit behind the point."""
    return None if value is None else round(value, 1)
