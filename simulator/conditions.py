"""How nasty the air is: one table of switches, which a scenario file can set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .bursts import Bursts, Fading


@dataclass(slots=True)
class Link:
    """What differs on the way from one to another; None: as everywhere."""

    loss: float | None = None
    fading: Fading | None = None
    attenuation_db: float = 0.0


@dataclass(slots=True)
class Conditions:
    """The table. A loss is that of a frame, and of an acknowledgement, each attempt."""

    loss: float = 0.0
    fading: Fading | None = None  # each link for itself
    bursts: Bursts | None = None  # all links at once
    links: dict[str, Link] = field(default_factory=dict)  # "sender>receiver", by name
    attempts: int = 7  # 802.11's usual retry limit
    mac_filter: bool = True  # a radio drops the MAC's repeats (IEEE 802.11, 10.3.2.14)
    deaf_while_scanning: bool = True  # espressif/esp-idf#17874
    adjacent_ack: float = 0.3  # a radio one channel off acknowledges, each attempt
    adjacent_delivery: float = 0.1  # … and also hands the frame to its program
    power_save: bool = True  # an associated station sleeps between beacons (docs, espnow)
    abort_without_modem_sleep: bool = True  # ESP-IDF, with Bluetooth on (esphome/issues#2181)
    ring_of_1_28: bool = (
        False  # a frame above 250 B damages the receive ring (micropython PR#16737)
    )
    rssi: int = -58  # of what has no place
    rssi_noise: int = 3

    def set(self, table: Mapping[str, Any]) -> None:
        """Take over what a scenario says; an unknown name is an error."""
        known = {one.name for one in fields(self)}
        for name, value in table.items():
            if name not in known:
                raise ValueError(f"no such condition: {name}")
            setattr(self, name, _READERS.get(name, _as_it_is)(value))


def _as_it_is(value: Any) -> Any:
    return value


def _fading(value: Mapping[str, Any] | None) -> Fading | None:
    return None if value is None else Fading(**value)


def _bursts(value: Mapping[str, Any] | None) -> Bursts | None:
    return None if value is None else Bursts(**value)


def _links(value: Mapping[str, Mapping[str, Any]]) -> dict[str, Link]:
    return {
        name: Link(**{**entry, "fading": _fading(entry.get("fading"))})
        for name, entry in value.items()
    }


_READERS: dict[str, Callable[[Any], Any]] = {"fading": _fading, "bursts": _bursts, "links": _links}
