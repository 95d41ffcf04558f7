"""Victron devices that say what a test tells them to, one new reading a second."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.envelope import seal_envelope
from simulator.provision import push_key
from simulator.replay import advertisement
from simulator.victron.encode import encode

if TYPE_CHECKING:
    from simulator import Node, World

_HEADS = {0x01: "100000a001", 0x02: "100289a302", 0x08: "100030a308"}
HEALTHY = {
    0x01: {"device_state": 3, "charger_error": 0, "battery_voltage_v": 13.4},
    0x02: {"battery_voltage_v": 13.2, "battery_current_a": -4.5, "soc_pct": 76.0, "alarm_reason": 0, "aux_mode": 3},
    0x08: {"device_state": 3, "charger_error": 0, "battery_voltage1_v": 13.4},
}  # fmt: skip


@dataclass
class Device:
    """One of them: change `values` and it says so from the next second on."""

    address: bytes
    record_type: int = 0x02
    values: dict[str, Any] = field(default_factory=dict)
    silent: bool = False
    nonce: int = 1000

    @property
    def key(self) -> bytes:
        """Return the key it encrypts with."""
        return self.address[-1:] * 16

    @property
    def mac(self) -> str:
        """Return its address as in serial lines."""
        return self.address.hex().upper()

    def next_md(self) -> bytes:
        """Return its next reading."""
        self.nonce += 1
        payload = encode(self.record_type, HEALTHY[self.record_type] | self.values)
        head = bytes.fromhex(_HEADS[self.record_type])
        return seal_envelope(head, self.key, self.nonce, payload)


class Devices:
    """All of them on the air."""

    def __init__(self, *devices: Device) -> None:
        self.devices = devices
        self._world: World | None = None

    def start(self, world: World) -> None:
        """Begin."""
        self._world = world
        self._send()

    def stop(self) -> None:
        """End."""
        self._world = None

    async def push_keys(self, display: Node) -> None:
        """Give the display node their keys."""
        for device in self.devices:
            await push_key(display, device.address, device.key, f"Device {device.address[-1]}")

    def _send(self) -> None:
        if self._world is None:
            return
        for device in self.devices:
            if not device.silent:
                self._world.advertise(device.address, advertisement(device.next_md()))
        self._world.timeline.after(1_000_000, self._send)


def device(number: int, record_type: int = 0x02) -> Device:
    """Return one with an invented address."""
    return Device(bytes([0xC0, 0, 0, 0xA1, 0xA2, number]), record_type)
