"""Somebody who took a sensor node home: everything that is in it, and a radio of his own."""

import functools
import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from littlefs import LittleFS

from simulator import protocol_route
from simulator.bars.site import Site
from simulator.hostile import Attacker
from simulator.node import Node

READINGS, QUERY = 1, 2
_FASTER_US = 2500  # than the display node answers
_ORDER = b'{"scan_duty":5}'
_FAR_AHEAD = 0xFFFFFFF0  # an epoch that no honest node has reached
_DEVICE = bytes.fromhex("C00BADC0FFEE")  # that nobody else sends
_MD = bytes.fromhex("10028BA30200000011223344556677")


@dataclass
class Thief:
    """Knows a stolen board's key and its site's tag; `key` may be another one, to see that he does it right."""

    site: Site
    stolen: Node
    key: bytes = b""
    attacker: Attacker = field(init=False)
    orders: Counter[str] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        config = json.loads(file_of(self.stolen, "config.json"))
        self.tag: int = config["site_tag"]
        self.key = self.key or bytes.fromhex(config["node_key"])
        self.attacker = Attacker(self.site.world)
        self._radio = protocol_route.module("radio")
        self.site.display.on_line(self._note_reading)
        for node in self.site.sensors:
            node.on_line(functools.partial(self._note_order, node.name))

    def send_readings_as(self, source: bytes) -> None:
        """Tell the display node something, under an address of choice."""
        radio = self._radio
        buffer = bytearray(radio.MAX_FRAME)
        end = radio.start_readings(buffer)
        end = radio.append_reading(buffer, end, _DEVICE, -50, 0, _MD, len(_MD))
        frame = self._sealed(
            buffer, end - radio.HEADER, radio.READINGS, 0, source, self.site.display.mac
        )
        self.attacker.send(self.site.display, source, frame)

    def answer_to(self, victim: Node) -> None:
        """Answer whatever a sensor node asks, sooner than the display node and as if he were it."""
        answer = functools.partial(self._answer, victim)
        self.attacker.react(victim.mac, (READINGS, QUERY), answer, _FASTER_US)

    def _answer(self, victim: Node) -> None:
        radio = self._radio
        asked = self.attacker.recorded(victim.mac)[-1].message
        body = asked[radio.HEADER : -radio.TAG]
        buffer = bytearray(radio.MAX_FRAME)
        if asked[1] & 0x3F == QUERY:
            length = radio.pack_answer(buffer, body[:8], victim.radio.channel, 0, 0)
            kind = radio.ANSWER
        else:
            sequence = int.from_bytes(asked[8:12], "little")
            length = radio.pack_receipt(buffer, body[1:5], sequence, victim.radio.channel)
            length = radio.append_order(buffer, length, 4711, _ORDER)
            kind = radio.RECEIPT
        display = self.site.display.mac
        frame = self._sealed(buffer, length, kind, radio.DOWN_FLAG, display, victim.mac)
        self.attacker.send(victim, display, frame)

    def _sealed(
        self, buffer: bytearray, length: int, kind: int, flags: int, source: bytes, to: bytes
    ) -> bytes:
        total = self._radio.seal(
            buffer, length, kind, flags, self.tag, _FAR_AHEAD, 1, (0, 0, 0, 0), self.key, source, to
        )
        return bytes(buffer[:total])

    def _note_reading(self, line: Any) -> None:
        if line.kind == "adv" and line.payload.startswith(_DEVICE.hex()):
            self.arrived[line.payload.split(" ")[1]] += 1

    def _note_order(self, name: str, line: Any) -> None:
        self.orders[name] += line.kind == "log" and "carried out" in line.payload


def file_of(node: Node, path: str) -> bytes:
    """Return a file as it lies in a board's flash."""
    system = LittleFS(block_size=4096, block_count=512, mount=False)
    system.context.buffer = bytearray(node.chip.content)
    system.mount()
    with io.BufferedReader(system.open(path, "rb")) as file:
        return file.read()


def memory_of(node: Node) -> list[bytes]:
    """Return everything in the memory of a running board: what can be written to, variables and heap."""
    found = []
    process = Path("/proc") / str(node.pid)
    with (process / "mem").open("rb", buffering=0) as memory:
        for line in (process / "maps").read_text().splitlines():
            area = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if area and "[v" not in line:
                start, end = (int(one, 16) for one in area.groups())
                memory.seek(start)
                found.append(memory.read(end - start))
    return found
