"""The whole way of a reading, with an attacker beside it: what Home Assistant shows at the end."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.victron_espnow.const import CONF_OTHERS_EVERY, CONF_POWER_EVERY, DOMAIN
from custom_components.victron_espnow.protocol import radio, serial_line
from simulator.demo.entities import entity_of, is_shown, shows
from simulator.envelope import nonce_of, open_envelope, seal_envelope
from simulator.node import Node
from simulator.provision import SITE_KEY, provision
from simulator.replay import advertisement
from simulator.world import FIRMWARE, World

VECTORS = Path(__file__).parents[1] / "protocol" / "vectors.json"
RECORDS = ("0x01", "0x02", "0x08")
CAPTURED = ("real", "real_payload_our_envelope")
PATIENCE_S = 15
REPEAT_US = 200_000
ATTACK_S = 2  # a reading is through in less than one
SOC_RAW_AT = 108  # first bit of the state of charge in a battery monitor's payload
FORGED_SOC = 0.1


def captured_vectors() -> list[dict[str, Any]]:
    """Return every captured advertisement of the three device types, with what it says."""
    vectors = json.loads(VECTORS.read_text())
    return [one for one in vectors if one["kind"] in CAPTURED and one["record_type"] in RECORDS]


def address_of(number: int) -> bytes:
    """Return an invented address in the range that Victron devices use."""
    return bytes([0xC0, 0, 0, 0xE2, 0xE0, number])


class Devices:
    """Victron devices that repeat what is in `on_air`, as each does within its second."""

    def __init__(self) -> None:
        self.on_air: dict[bytes, bytes] = {}
        self._world: World | None = None

    def start(self, world: World) -> None:
        """Begin."""
        self._world = world
        self._repeat()

    def stop(self) -> None:
        """End."""
        self._world = None

    def _repeat(self) -> None:
        if self._world is None:
            return
        for address, md in self.on_air.items():
            self._world.advertise(address, advertisement(md))
        self._world.timeline.after(REPEAT_US, self._repeat)


type Attack = Callable[[Thread], Awaitable[None]]


@dataclass
class Thread:
    """The nodes, the air and Home Assistant of one test."""

    hass: HomeAssistant
    world: World
    vectors: list[dict[str, Any]] = field(default_factory=captured_vectors)
    sensor_firmware: tuple[Path, ...] = FIRMWARE
    display_firmware: tuple[Path, ...] = FIRMWARE
    patience_s: float = PATIENCE_S
    site_key: bytes = SITE_KEY
    over_usb: bool = False  # through a terminal; else over the network, with consent
    devices: Devices = field(default_factory=Devices)

    async def start(self) -> None:
        """Start the boards, set Home Assistant up through its own flow, put devices on the air."""
        self.display = await self._board("display", self.display_firmware)
        self.sensor = await self._board("sensor", self.sensor_firmware)
        self.entry = await self._set_up()
        for number, vector in enumerate(self.vectors):
            self._add_device(number, vector)
        await self.hass.async_block_till_done()
        self.devices.on_air = {
            address_of(number): bytes.fromhex(vector["manufacturer_data_hex"])
            for number, vector in enumerate(self.vectors)
        }
        self.world.add_source(self.devices)

    async def _board(self, role: str, paths: tuple[Path, ...]) -> Node:
        node = await self.world.start_node(role, paths=paths)
        await provision(node, role, self.site_key)
        return node

    async def _set_up(self) -> ConfigEntry:
        flow = self.hass.config_entries.flow
        step = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        answers: list[dict[str, Any]] = [{"device": str(self.display.pty)}]
        if not self.over_usb:
            answers = [{"device": self.display.serial_url}, {"push_keys": True}]
        for answer in answers:
            assert step["type"] == "form", step
            step = await flow.async_configure(step["flow_id"], answer)
        assert step["type"] == "create_entry", step
        await self.hass.async_block_till_done()
        entry: ConfigEntry = step["result"]
        # A lie that gets through has to be seen, also one that would be written only later.
        every_change = {CONF_POWER_EVERY: 0, CONF_OTHERS_EVERY: 0}
        self.hass.config_entries.async_update_entry(entry, options=every_change)
        return entry

    def _add_device(self, number: int, vector: dict[str, Any]) -> None:
        mac = address_of(number).hex(":").upper()
        self.hass.config_entries.async_add_subentry(
            self.entry,
            ConfigSubentry(
                data={"mac": mac, "key": vector["key_hex"]},
                subentry_type="device",
                title=f"Device {number}",
                unique_id=mac,
            ),
        )

    async def wrong(self) -> list[str]:
        """Return every state that is not as expected, after waiting for it; empty is right."""
        deadline = asyncio.get_running_loop().time() + self.patience_s
        while wrong := self._wrong_now():
            if asyncio.get_running_loop().time() > deadline:
                return wrong
            await asyncio.sleep(0.1)
        return []

    async def wrong_after(self, attack: Attack) -> list[str]:
        """Return what an attack changed, watching until it had time to."""
        await attack(self)
        for _ in range(ATTACK_S * 20):
            await asyncio.sleep(0.05)
            if wrong := self._wrong_now():
                return wrong
        return []

    def _wrong_now(self) -> list[str]:
        wrong = []
        for number, vector in enumerate(self.vectors):
            states = self._states(address_of(number))
            if not states:
                wrong.append(f"{vector['device']} {number}: no entities")
            for name, value in vector["expected"].items():
                if not is_shown(int(vector["model_id"], 16), name):
                    continue
                record_type = int(vector["record_type"], 16)
                state = states.get(entity_of(record_type, name))
                if not shows(record_type, name, value, state):
                    shown = state and state["state"]
                    wrong.append(f"{vector['device']} {number}: {name} {value}, shown {shown}")
        return wrong

    def _states(self, address: bytes) -> dict[str, dict[str, Any]]:
        """Return the states of one device's entities by their key."""
        mac = address.hex(":").upper()
        subentry = next(one for one in self.entry.subentries.values() if one.unique_id == mac)
        found = {}
        for entity in er.async_entries_for_config_entry(
            er.async_get(self.hass), self.entry.entry_id
        ):
            if entity.config_subentry_id != subentry.subentry_id or entity.domain != "sensor":
                continue
            if state := self.hass.states.get(entity.entity_id):
                found[entity.unique_id.split("_", 1)[1]] = state.as_dict()
        return found

    # What an attacker beside the trailer can do

    @property
    def target(self) -> int:
        """Return the device under attack: the first battery monitor."""
        return next(n for n, one in enumerate(self.vectors) if one["record_type"] == "0x02")

    def lie(self) -> bytes:
        """Return an advertisement of the target that claims an empty battery, well encrypted.

        The worst case: whoever makes it has the device's key, so only the guard in question is left.
        """
        vector = self.vectors[self.target]
        key = bytes.fromhex(vector["key_hex"])
        captured = bytes.fromhex(vector["manufacturer_data_hex"])
        whole = int.from_bytes(open_envelope(captured, key), "little")
        whole &= ~(0x3FF << SOC_RAW_AT)
        whole |= round(FORGED_SOC * 10) << SOC_RAW_AT
        payload = whole.to_bytes(len(captured) - 8, "little")
        return seal_envelope(captured, key, nonce_of(captured) + 1000 & 0xFFFF, payload)

    async def go_on(self, seconds: int) -> None:
        """Let the devices say the same second by second, each time with the next counter."""
        for _ in range(seconds):
            for number, vector in enumerate(self.vectors):
                key = bytes.fromhex(vector["key_hex"])
                md = self.devices.on_air[address_of(number)]
                payload = open_envelope(md, key)
                following = seal_envelope(md, key, nonce_of(md) + 1 & 0xFFFF, payload)
                self.devices.on_air[address_of(number)] = following
            await self.world.sleep(1)

    async def damage_a_line(self) -> None:
        """Put a line on the serial port whose CRC says that it was damaged."""
        payload = serial_line.encode_advert(
            address_of(self.target), self.sensor.mac, -60, 100, self.lie()
        )
        line = serial_line.encode(0, "adv", payload).rstrip()
        last = b"1" if line.endswith(b"0") else b"0"
        self.display.uart.emit(line[:-1] + last + b"\n")

    async def forge_a_frame(self) -> None:
        """Send the display node a frame of its site that is signed with another key."""
        self._inject(self._frame(radio.node_key(bytes(16), self.sensor.mac)))

    async def replay(self) -> None:
        """Record what the sensor node sent, wait until it is the past, send it again."""
        frames = self.world.record()
        address = address_of(self.target)
        captured = self.devices.on_air[address]
        self.devices.on_air[address] = self.lie()
        while not self._wrong_now():
            await asyncio.sleep(0.05)
        recorded = [one.message for one in frames if one.source == self.sensor.mac]
        self.devices.on_air[address] = captured
        assert not await self.wrong()
        for frame in recorded:
            self._inject(frame)

    def _frame(self, key: bytes) -> bytes:
        buffer = bytearray(radio.MAX_FRAME)
        end = radio.start_readings(buffer, bytes(4))
        lie = self.lie()
        end = radio.append_reading(buffer, end, address_of(self.target), -60, 100, lie, len(lie))
        length = radio.seal(
            buffer, end - radio.HEADER, radio.READINGS, 0, radio.site_tag(self.site_key),
            0xFFFFFFF0, 1, (0, 0, 0, 0), key, self.sensor.mac, self.display.mac,
        )  # fmt: skip
        return bytes(buffer[:length])

    def _inject(self, frame: bytes) -> None:
        assert self.world.inject_frame(self.display, self.sensor.mac, frame)
