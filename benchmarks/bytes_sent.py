"""Bytes for each reading, on air and on the cable, beside ESPHome's Bluetooth proxy that hears the same."""

import asyncio
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .extent import Extent
from .row import Goal, Row, Table

GOAL = Goal(at_most=1, of_ratio=True)
PEER = Path(__file__).parent / "peers" / "esphome.py"
DEVICES = (20, 3)
# ESP-NOW's action frame: MAC header 24, category 1, OUI 3, random 4, vendor element 7, FCS 4 (ESP-IDF's documentation).
ESP_NOW = 43
# A data frame with one TCP segment: QoS header 26, CCMP 16, LLC 8, IPv4 20, TCP 20 without options, FCS 4.
TCP_IP = 20 + 20
WIFI = 26 + 16 + 8 + TCP_IP + 4
# bluetooth_proxy of ESPHome 2025 and later.
_BATCH = 16
_FLUSH_S = 0.1
_RANDOM_ADDRESS = 1

type Advert = tuple[float, bytes, bytes]  # when the program had it, address, AD structures
type Message = list[list[object]]


@dataclass(slots=True)
class Traffic:
    """What went over the air and the cable, and what the sensor node heard."""

    devices: int
    frames: list[bytes] = field(default_factory=list)
    serial: int = 0
    readings: int = 0
    adverts: list[Advert] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Proxy:
    """The bytes of ESPHome's messages; each is one TCP segment, as it sets no_delay for them."""

    api: int
    messages: int

    @property
    def on_air(self) -> int:
        return self.api + self.messages * WIFI


def measure(extent: Extent) -> Table:
    """Let both hear the same for a while, and one advertisement alone."""
    rows = [
        row for number in DEVICES for row in _rows(asyncio.run(_traffic(number, extent.bytes_s)))
    ]
    return Table(
        "Bytes for each reading",
        [*rows, *_alone()],
        (
            f"{extent.bytes_s} s of the twin without radio loss: a sensor node, devices with a new "
            "reading each second that "
            "they repeat every 200 ms. ESPHome's proxy passes on every repeat that the sensor node "
            "heard, encoded and framed by "
            "`aioesphomeapi`; other people's advertisements, which it passes on as well, are not "
            "counted. Batched: as ESPHome does, up to "
            f"{_BATCH} in a message, sent every {round(_FLUSH_S * 1000)} ms.",
            f"On air: ESP-NOW frames of both directions, with {ESP_NOW} bytes of the 802.11 frame "
            f"around each, beside the messages with {WIFI} bytes of "
            "802.11, CCMP, LLC, IPv4 and TCP around each; TCP's own acknowledgements are not "
            "counted. Serial: all that the display "
            "node's port carries, health lines too, beside the API's bytes alone, without TCP and "
            "IP: ESPHome has no such cable. Of an advertisement that is heard once our line is the "
            "longer one: it is hexadecimal text, which survives a console and what a board prints as it boots.",
        ),
        "ESPHome",
    )  # fmt: skip


async def _traffic(number: int, seconds: float) -> Traffic:
    from simulator.bars.site import site

    async with site(1, number=number, loss=0, keys=True) as one:
        await one.world.sleep(5)
        traffic = Traffic(number)
        one.world.sniff(lambda frame: traffic.frames.append(frame.message))
        one.world.witnesses.append(_Ear(one.world, set(one.devices), traffic))
        one.hub.forget()

        def count(data: bytes) -> None:
            traffic.serial += len(data)

        one.display.uart.listen(count)
        await one.world.sleep(seconds)
        traffic.readings = sum(len({md for _, md in came}) for came in one.hub.arrivals.values())
        return traffic


class _Ear:
    """Notes what Victron advertisements the sensor node's program was handed."""

    def __init__(self, world: Any, devices: set[bytes], traffic: Traffic) -> None:
        self._world = world
        self._devices = devices
        self._traffic = traffic

    def handled(self, node: Any, address: bytes, data: bytes, time_us: int) -> None:
        del node
        if address in self._devices:
            self._traffic.adverts.append((time_us / 1e6, address, data))

    def advertised(self, *_: object) -> None:
        """Be no obstacle."""

    reached = advertised


def _rows(traffic: Traffic) -> list[Row]:
    on_air = sum(len(frame) + ESP_NOW for frame in traffic.frames) / traffic.readings
    serial = traffic.serial / traffic.readings
    plain, encrypted = _proxy(_batches(traffic.adverts))
    single, _ = _proxy([[_entry(*advert)] for advert in traffic.adverts])
    peers = (("batched", plain), ("batched, encrypted", encrypted), ("unbatched", single))
    compared = (
        *(("on air", on_air, how, one.on_air) for how, one in peers),
        *(("serial", serial, how, one.api) for how, one in peers),
    )
    return [
        Row(
            f"{where}, {traffic.devices} devices; ESPHome {how}",
            ours, theirs / traffic.readings, GOAL, "B", 0,
        )
        for where, ours, how, theirs in compared
    ]  # fmt: skip


def _batches(adverts: list[Advert]) -> list[Message]:
    """Gather as the proxy does: until a message is full, or its time has come."""
    found: list[Message] = []
    began = float("-inf")
    for advert in adverts:
        if advert[0] - began >= _FLUSH_S or len(found[-1]) == _BATCH:
            if advert[0] - began >= _FLUSH_S:
                began = advert[0]
            found.append([])
        found[-1].append(_entry(*advert))
    return found


def _entry(_: float, address: bytes, data: bytes) -> list[object]:
    return [int.from_bytes(address), -70, _RANDOM_ADDRESS, data.hex()]


def _proxy(messages: list[Message]) -> tuple[Proxy, Proxy]:
    """Ask the peer's own library; return its plain and its encrypted bytes."""
    from toolchain import peers_python

    done = subprocess.run(
        [peers_python(), str(PEER)], input=json.dumps(messages), stdout=subprocess.PIPE, text=True,
        check=True,
    )  # fmt: skip
    plain, encrypted = zip(*json.loads(done.stdout), strict=True)
    return Proxy(sum(plain), len(messages)), Proxy(sum(encrypted), len(messages))


def _alone() -> list[Row]:
    """One advertisement, heard once, with nothing to share a frame or a message with."""
    from simulator.bars.site import devices
    from simulator.protocol_route import module
    from simulator.replay import advertisement

    md = devices(1)[0].captures[0]
    address, node = bytes.fromhex("C0DE00000001"), bytes.fromhex("240AC4000050")
    bodies, frames = module("radio_bodies"), module("radio_frame")
    buffer = bytearray(frames.MAX_FRAME)
    end = bodies.append_reading(
        buffer, bodies.start_readings(buffer), address, -70, 50, md, len(md)
    )
    frame = end + frames.TAG
    line_module = module("serial_line")
    line = line_module.encode(1000, "adv", line_module.encode_advert(address, node, -70, 50, md))
    plain, _ = _proxy([[_entry(0, address, advertisement(md))]])
    return [
        Row("one advertisement, heard once: on air", frame + ESP_NOW, plain.on_air, GOAL, "B", 0),
        Row("one advertisement, heard once: serial", len(line), plain.api, unit="B", digits=0),
    ]
