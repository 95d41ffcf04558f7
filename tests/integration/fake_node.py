"""A display node on a real pseudo-terminal or TCP port, speaking real serial lines.

It serves captured advertisements, so that the tests drive framing, CRC, decryption and serialx
instead of stand-ins for them.
"""

import asyncio
import contextlib
import json
import os
import termios
import tty
from collections import deque
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from custom_components.victron_espnow.protocol import serial_line
from custom_components.victron_espnow.protocol.errors import ProtocolError
from custom_components.victron_espnow.protocol.key_digest import LAST_PLACE, digest

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "protocol" / "vectors.json").read_text()
)
NODE_MAC = "24:6F:28:00:00:01"
SENSOR_MAC = bytes.fromhex("246F28000002")
MOST_KEYS = 24  # firmware/display/key_store.py
# firmware/display/limits.py
DEFAULT_LIMITS = {
    "soc_low": 20,
    "soc_critical": 10,
    "voltage_low": 11.5,
    "voltage_high": 15.5,
    "silent_s": 600,
}
# firmware/display/option_table.py
DEFAULT_OPTIONS = {
    "brightness": 207,
    "channel": 6,
    "night_brightness": 0,
    "night_from": 22,
    "night_to": 7,
    "oled_offset": 0,
    "page_seconds": 10,
    "saver_minutes": 0,
    "wifi_mode": "off",
    "wifi_password": "",
    "wifi_ssid": "",
}
OPTIONS_A_LINE = 5  # a real node has room for more, and more of them
SENSOR_MAC_2 = bytes.fromhex("246F28000003")
BOOT_NOISE = (
    b"ets Jun  8 2016 00:22:57\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x17 (SPI_FAST_FLASH_BOOT)\r\n"
    b"\x00\xff\xfe garbage \x80\r\nMPY: soft reboot\r\n>>> "
)


def vector(device: str, kind: str = "real", nth: int = 0) -> dict[str, Any]:
    """Return the nth vector whose device name begins so."""
    return [v for v in VECTORS if v["device"].startswith(device) and v["kind"] == kind][nth]


def encrypt(key: bytes, nonce: int, payload: bytes) -> bytes:
    """Encrypt a payload as a Victron device does: AES-CTR, little-endian counter."""
    counter = nonce.to_bytes(2, "little") + bytes(14)
    stream = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(counter)
    return bytes(a ^ b for a, b in zip(payload, stream, strict=False))


class Victron:
    """A Victron device that goes on sending what was once captured, with rising nonces."""

    def __init__(self, captured: dict[str, Any], mac: str) -> None:
        self.captured = captured
        self.mac = bytes.fromhex(mac.replace(":", ""))
        self.key = bytes.fromhex(captured["key_hex"])
        self.head = bytes.fromhex(captured["manufacturer_data_hex"])[:5]
        self.payload = bytes.fromhex(captured["decrypted_payload_hex"])
        self.nonce = captured["nonce"]

    @property
    def captured_frame(self) -> bytes:
        """Return the frame exactly as it was on the air."""
        return bytes.fromhex(self.captured["manufacturer_data_hex"])

    def frame(self, nonce: int | None = None, payload: bytes | None = None) -> bytes:
        """Return the next frame."""
        self.nonce = (self.nonce + 1) & 0xFFFF if nonce is None else nonce
        data = encrypt(self.key, self.nonce, self.payload if payload is None else payload)
        return self.head + self.nonce.to_bytes(2, "little") + self.key[:1] + data


class FakeNode:
    """The node; `port` is what a user would choose."""

    def __init__(self) -> None:
        self.port = ""
        self.hello: dict[str, Any] = {
            "role": "display",
            "mac": NODE_MAC.replace(":", ""),
            "name": "Trailer display",
            "fw": "0.1.0",
            "line": 1,
            "radio": 1,
            "provisioned": True,
            "boot": 1,
            "uptime_s": 5,
            "mp": "1.29.0",
            "channel": 6,
            "heap_free": 100000,
        }
        self.version = serial_line.VERSION
        self.answers_hello = True
        self.noise = b""
        self.drop_commands = 0
        self.refuse: dict[str, str] = {}
        self.refuse_key: dict[str, str] = {}
        self.deaf_for = ""
        self.keys: dict[str, tuple[str, str]] = {}
        self.places: dict[str, int] = {}
        self.options: dict[str, Any] = {**DEFAULT_OPTIONS}
        self.told_time: dict[str, int] = {}
        self.settings: list[tuple[str, dict[str, Any]]] = []  # commands about options and clock
        self.drop_settings = 0
        self.knows_heard_only = False
        self.limits: dict[str, dict[str, float | None]] = {}
        self.alarms: list[dict[str, Any]] = []  # standing, told behind a hello
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.snapshot: dict[bytes, tuple[bytes, int, bytes]] = {}
        self.sequence = 0
        self.hellos = 0
        self._framer = serial_line.LineReader()
        self._answered: tuple[int, str] | None = None

    # To be provided

    def write(self, data: bytes) -> None:
        raise NotImplementedError

    # Speaking

    def send(self, kind: str, payload: str) -> None:
        self.write(self.line(kind, payload))

    def line(self, kind: str, payload: str) -> bytes:
        line = serial_line.encode(self.sequence, kind, payload)
        self.sequence = (self.sequence + 1) & 0xFFFF
        if self.version != serial_line.VERSION:
            from binascii import crc32

            signed = line.strip(b"\n").rpartition(b" *")[0].replace(b"#V1", b"#V%d" % self.version)
            line = b"\n%s *%08x\n" % (signed, crc32(signed))
        return line

    def advert_line(
        self, mac: bytes, frame: bytes, rssi: int = -60, node: bytes = SENSOR_MAC, age_ms: int = 0
    ) -> bytes:
        self.snapshot[mac] = (node, rssi, frame)
        return self.line("adv", serial_line.encode_advert(mac, node, rssi, age_ms, frame))

    def advertise(self, victron: Victron, frame: bytes | None = None, **more: Any) -> None:
        frame = victron.frame() if frame is None else frame
        self.write(self.advert_line(victron.mac, frame, **more))

    def say_hello(self) -> None:
        self.send("hello", serial_line.encode_json(self.hello))

    # Listening

    def receive(self, data: bytes) -> None:
        for raw in self._framer.feed(data):
            if len(raw) > serial_line.MAX_COMMAND:
                continue  # it does not fit into the node's input
            try:
                line = serial_line.parse(raw)
                if line.kind == "cmd":
                    self.obey(*serial_line.parse_command(line.payload))
            except ProtocolError:
                continue

    def obey(self, number: int, name: str, args: dict[str, Any]) -> None:
        if name == "hello":
            self.hellos += 1
            self._answered = None  # whoever asks begins to count anew
            if self.noise:
                self.write(self.noise)
            if self.answers_hello:
                self.send("ack", serial_line.encode_ack(number))
                self.say_hello()
                for mac, (node, rssi, frame) in self.snapshot.items():
                    self.write(self.advert_line(mac, frame, rssi, node))
                for alarm in self.alarms:
                    self.send("alarm", serial_line.encode_json(alarm))
            return
        if self._answered and self._answered[0] == number:
            # On a busy machine an answer may come so late that the same is said once more.
            self.send("ack", self._answered[1])
            return
        if name in ("time", "options", "set"):
            self.settings.append((name, args))
            if self.drop_settings > 0:
                self.drop_settings -= 1
                return
            refusal = self.refuse.get(name, "")
            if name == "set" and not args.keys() <= self.options.keys():
                refusal = "unknown_option"
            if refusal:
                self._answer(number, error=refusal)
                return
            self._answer(number, self._settle(name, args))
            return
        self.commands.append((name, args))
        if self.drop_commands > 0:
            self.drop_commands -= 1
            return
        if self.deaf_for and args.get("mac") == self.deaf_for:
            return
        refusal = self.refuse.get(name)
        if name == "key":
            refusal = refusal or self._refusal(args)
        if name == "limits" and args["mac"] not in self.keys:
            refusal = refusal or "unknown_device"
        if refusal:
            self._answer(number, error=refusal)
            return
        data: dict[str, Any] = {}
        if name == "devices":
            data = {"macs": list(self.keys), "digest": self._digest()}
        elif name == "key":
            self.keys[args["mac"]] = (args["key"], args["name"])
            self.places[args["mac"]] = args.get("place", LAST_PLACE)
        elif name == "forget":
            self.keys.pop(args["mac"], None)
            self.limits.pop(args["mac"], None)
        elif name == "limits":
            mac = args.pop("mac")
            self.limits[mac] = args
            # Which defaults are a device's, a node knows once it has heard it.
            known = not self.knows_heard_only or bytes.fromhex(mac) in self.snapshot
            data = {**(DEFAULT_LIMITS if known else {}), **args}
        self._answer(number, data)

    def _answer(self, number: int, data: dict[str, Any] | None = None, error: str = "") -> None:
        payload = serial_line.encode_ack(number, data, error=error)
        self._answered = number, payload
        self.send("ack", payload)

    def _settle(self, name: str, args: dict[str, Any]) -> dict[str, Any]:
        """Obey a command about options or the clock."""
        if name == "time":
            self.told_time = args
            return {}
        if name == "set":
            self.options |= args
            return {}
        public = sorted(self.options.keys() - {"wifi_password"})
        left = [one for one in public if one > args.get("after", "")]
        page = {one: self.options[one] for one in left[:OPTIONS_A_LINE]}
        return {"options": page, **({"more": True} if len(left) > OPTIONS_A_LINE else {})}

    def _digest(self) -> str:
        return digest(
            [
                (bytes.fromhex(mac), bytes.fromhex(key), name, self.places.get(mac, LAST_PLACE))
                for mac, (key, name) in self.keys.items()
            ]
        )

    def _refusal(self, args: dict[str, Any]) -> str:
        """Return what the firmware would object to (firmware/display/key_store.py)."""
        if len(args["name"].encode()) > serial_line.MAX_NAME:
            return "bad_name"
        if args["mac"] not in self.keys and len(self.keys) >= MOST_KEYS:
            return "too_many_keys"
        return self.refuse_key.get(args["mac"], "")


class PtyNode(FakeNode):
    """A node on a pseudo-terminal: the local USB port."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.port = str(path)
        self._out: deque[bytes] = deque()
        self._master = self._slave = -1

    def plug(self) -> None:
        """Make the port appear."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave, termios.TCSANOW)
        os.set_blocking(self._master, False)
        self._target = os.ttyname(self._slave)
        Path(self.port).symlink_to(self._target)
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    def unplug(self) -> None:
        """Make the port vanish, as pulling the cable does."""
        if self._master < 0:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._master)
        loop.remove_writer(self._master)
        self._out.clear()
        Path(self.port).unlink()
        os.close(self._master)
        os.close(self._slave)
        self._master = -1

    @property
    def is_open(self) -> bool:
        """Return whether somebody holds the port, other than this node."""
        if self._master < 0:
            return False
        holders = 0
        for descriptor in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                holders += str(descriptor.readlink()) == self._target
        return holders > 1

    def write(self, data: bytes) -> None:
        if self._master < 0:
            return
        self._out.append(data)
        self._writable()

    @property
    def backlog(self) -> int:
        return len(self._out)

    def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        while self._out:
            data = self._out.popleft()
            try:
                sent = os.write(self._master, data)
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                self._out.appendleft(data[sent:])
                loop.add_writer(self._master, self._writable)
                return
        loop.remove_writer(self._master)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            self.receive(os.read(self._master, 4096))


class TcpNode(FakeNode):
    """A node behind a serial server on the network."""

    def __init__(self) -> None:
        super().__init__()
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.number = self._server.sockets[0].getsockname()[1]
        self.port = f"socket://127.0.0.1:{self.number}"

    async def stop(self) -> None:
        self._server.close()
        self._server.close_clients()  # also of a test that failed: waiting for them would never end
        await self._server.wait_closed()

    @property
    def is_open(self) -> bool:
        return bool(self._writers)

    def write(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while data := await reader.read(4096):
                self.receive(data)
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
