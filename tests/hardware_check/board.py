"""A board on a port, in no time: it speaks our lines, and its clock runs while nothing is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hardware_check.console import Console
from hardware_check.errors import CheckError, PortGone
from hardware_check.port import READ_S
from protocol import serial_line

SENSOR_MAC = "246F28000002"
VICTRON = bytes.fromhex("C0FFEE000007")
BOOT = b"ets Jun  8 2016 00:22:57\r\n\x00\xff>>> "


@dataclass
class Air:
    """What all boards of one test share: the time, and what is on the air."""

    now: float = 1000.0
    nonces: dict[int, int] = field(
        default_factory=dict
    )  # second: nonce, where it is not the second
    silent: bool = False

    def nonce(self, second: int) -> int:
        return self.nonces.get(second, second) & 0xFFFF


class Board:
    """One board; a stream for the console."""

    def __init__(self, air: Air, role: str = "display") -> None:
        self.air = air
        self.hello: dict[str, Any] = {
            "role": role,
            "mac": "246F28000001" if role == "display" else SENSOR_MAC,
            "name": "Martha's trailer",
            "fw": "0.1.0",
            "mp": "1.29.0",
            "chip": "ESP32",
            "provisioned": True,
            "channel": 6,
            "reset": "power_on",
        }
        self.health: dict[str, Any] = {"uptime_s": 9, "heap_free": 80_000, "heap_low": 60_000}
        self.node: dict[str, Any] = {"mac": SENSOR_MAC, "rssi": -60, "frames": 0, "lost": 0}
        self.counters: dict[str, Any] = {"receipts": 0, "missing_receipts": 0}
        self.options: dict[str, Any] = {"ap_name": "", "channel": 6, "pin_sda": 21}
        self.measured: dict[str, dict[str, Any]] = {
            "hmac": {"us": 2500},
            "i2c": {"ms": 27.5},
            "scan_rx": {
                "tries": 10,
                "paused_acked": 10,
                "paused": 9,
                "scanning_acked": 10,
                "scanning": 0,
            },
        }
        self.boot = b""
        self.answers = True
        self.refuse: dict[str, str] = {}
        self.follows_channel = True
        self.on_set: Callable[[], None] = lambda: None
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.gone = False
        self.closed = 0
        self.at: list[tuple[float, Callable[[], None]]] = []  # what happens to it, and when
        self._sequence = 0
        self._out = b""
        self._told = air.now
        self._reader = serial_line.LineReader()

    # The stream

    def read(self) -> bytes:
        if not self._out:
            self.wait(READ_S)
        if self.gone:
            raise PortGone
        data, self._out = self._out, b""
        return data

    def write(self, data: bytes) -> None:
        if self.gone:
            raise PortGone
        for raw in self._reader.feed(data):
            self._obey(*serial_line.parse_command(serial_line.parse(raw).payload))

    def close(self) -> None:
        self.closed += 1

    def wait(self, seconds: float) -> None:
        self.air.now += seconds
        for moment, happens in [one for one in self.at if one[0] <= self.air.now]:
            self.at.remove((moment, happens))
            happens()
        while self._told + 1 <= self.air.now:
            self._told += 1
            self._live(int(self._told))

    # What it says

    def send(self, kind: str, payload: str) -> None:
        self._out += serial_line.encode(self._sequence, kind, payload)
        self._sequence = (self._sequence + 1) & 0xFFFF

    def skip(self, lines: int) -> None:
        """Lose some lines on the way."""
        self._sequence += lines

    def say(self, data: bytes) -> None:
        """Say something else."""
        self._out += data

    def send_json(self, kind: str, data: dict[str, Any]) -> None:
        self.send(kind, serial_line.encode_json(data))

    def _live(self, second: int) -> None:
        """Let a second go by."""
        self.node["frames"] += 1
        if self.hello["role"] == "display" and self.answers and not self.air.silent:
            self._advertise(second, 100)
        if second % 10 == 0 and self.answers:
            self.send_json("health", self.health)

    def _advertise(self, second: int, age_ms: int) -> None:
        md = b"\x10\x02\x89\xa3\x02" + self.air.nonce(second).to_bytes(2, "little") + bytes(16)
        node = bytes.fromhex(SENSOR_MAC)
        self.send("adv", serial_line.encode_advert(VICTRON, node, -71, age_ms, md))

    def _obey(self, number: int, name: str, args: dict[str, Any]) -> None:
        self.commands.append((name, args))
        if not self.answers:
            return
        if name in self.refuse:
            self.send("ack", serial_line.encode_ack(number, error=self.refuse[name]))
            return
        data: dict[str, Any] = {}
        if name == "options":
            # One to a page, in their order.
            rest = sorted(one for one in self.options if one > args.get("after", ""))
            data = {"options": {rest[0]: self.options[rest[0]]}, "more": len(rest) > 1}
        elif name == "counters":
            data = dict(self.counters)
        elif name == "set":
            self.options |= args
            if self.follows_channel:
                self.hello["channel"] = self.options["channel"]
            self.on_set()
        self.send("ack", serial_line.encode_ack(number, data))
        if name == "hello":
            self._out += self.boot
            self.send_json("hello", self.hello)
            if self.hello["role"] == "display":
                self.send_json("node", self.node)
                self._advertise(int(self.air.now) - 5, 5000)  # what was known already
        if name == "measure":
            # In the same breath as the acknowledgement.
            self.send_json("measured", {"what": args["what"], **self.measured[args["what"]]})


class Ports:
    """The ports of a computer: boards by name."""

    def __init__(self, air: Air, **boards: Board) -> None:
        self.air = air
        self.boards = boards

    def opened(self, url: str) -> Console:
        board = self.boards.get(url)
        if board is None or board.gone:
            raise CheckError(f"There is no port {url}.")
        return Console(board, lambda: self.air.now, board.wait)
