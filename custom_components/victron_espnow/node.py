"""One of our own boards: what it said of itself, and whether it is there."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .alarms import Alarms
from .const import LOGGER, MAX_HEARD, NODE_INTERVALS, NODE_STALE_S
from .listeners import Listeners

DISPLAY = "display"
SENSOR = "sensor"

_LONGEST_UPTIME_S = 10 * 365 * 24 * 3600
_LONGEST_INTERVAL_S = 24 * 3600


class Node:
    """The display node, or a sensor node that it hears."""

    def __init__(
        self, role: str, identity: str, mac: bytes, signals: Callable[[Node], Mapping[str, int]]
    ) -> None:
        """Know nothing yet; `signals` tells how well a node hears each configured device."""
        self.role = role
        self.identity = identity
        self.mac = mac
        self.name = ""
        self.data: dict[str, Any] = {}
        self.alarms = Alarms()
        self.available = False
        self.heard_at: float | None = None
        self.started: datetime | None = None
        self.coverage: dict[bytes, tuple[int, float]] = {}  # how strong, and when, by device
        self._signals = signals
        # Told when the node said something, and when it is gone.
        self.listeners: Listeners[()] = Listeners()
        self._missed = False  # the log said that it is gone

    # What it said

    @callback
    def take(self, data: Mapping[str, Any]) -> None:
        """Add to what is known: a node tells itself in several lines."""
        # A sensor node's own words are repeated until there are newer ones: they tell no new start.
        if data.get("uptime_s") != self.data.get("uptime_s") or self.started is None:
            self._note_start(data)
        self.data.update(data)
        age_ms = _number(data.get("age_ms")) or 0
        self.heard_at = time.monotonic() - max(0, age_ms) / 1000

    @callback
    def take_coverage(self, heard: Mapping[bytes, Any]) -> None:
        """Keep how well the node hears the devices around it; what it no longer hears ages."""
        now = time.monotonic()
        for mac, rssi in heard.items():
            if isinstance(rssi, int) and (mac in self.coverage or len(self.coverage) < MAX_HEARD):
                self.coverage[mac] = (rssi, now)
        self.listeners.tell()

    @property
    def signals(self) -> Mapping[str, int]:
        """Return how well the node hears each configured device at present."""
        return self._signals(self)

    def _note_start(self, data: Mapping[str, Any]) -> None:
        uptime = _number(data.get("uptime_s"))
        if uptime is not None and 0 <= uptime <= _LONGEST_UPTIME_S:
            self.started = dt_util.utcnow() - timedelta(seconds=uptime)

    def number(self, name: str) -> float | None:
        """Return a number that the node tells, None if it is none."""
        return _number(self.data.get(name))

    def text(self, name: str) -> str | None:
        """Return a text that the node tells."""
        value = self.data.get(name)
        return value[:100] if isinstance(value, str) and value else None

    # Whether it is there

    @property
    def stale_after(self) -> float:
        """Return the silence after which a sensor node is gone: some sleep between their words."""
        interval = min(self.number("interval_s") or 0, _LONGEST_INTERVAL_S)
        return max(NODE_STALE_S, NODE_INTERVALS * interval)

    @property
    def is_heard(self) -> bool:
        """Return whether its last word is young enough."""
        if self.heard_at is None:
            return False
        # The display node is there as long as the link is.
        return self.role == DISPLAY or time.monotonic() - self.heard_at <= self.stale_after

    @callback
    def update_availability(self, link_up: bool) -> None:
        """Say once when the node is gone, and once when it is back."""
        available = link_up and self.is_heard
        if available == self.available:
            return
        self.available = available
        if link_up and available == self._missed and self.role == SENSOR:
            self._missed = not available
            state = "is back" if available else "is no longer heard"
            LOGGER.info("Sensor node %s %s", self.name, state)
        self.listeners.tell()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value
