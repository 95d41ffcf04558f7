"""The world: one clock, one air, the boards in it and what advertises around them."""

import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TextIO

from .access_point import AccessPoint
from .air import Air, Transmission
from .image import image
from .interpreter import PROJECT
from .node import HEAP, OLED_ADDRESS, STANDINS_HEAP, Node
from .one_core import OneCore
from .patience import Patience
from .ports import PtyPort, TcpPort
from .ssd1306 import Ssd1306
from .timeline import RealTime, Timeline, VirtualTime

FIRMWARE = (PROJECT / "firmware", PROJECT / "custom_components" / "victron_espnow")
_ESPRESSIF = bytes.fromhex("240AC4")
_KEPT_EVENTS = 100_000
_ADVERT_LOSS = 0.05


NOT_MADE_SMALL = 48 * 1024  # more heap that sources take as they are


class Source(Protocol):
    """Something that advertises over Bluetooth."""

    def start(self, world: World) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


class Witness(Protocol):
    """Somebody who sees what becomes of every advertisement."""

    def advertised(self, address: bytes, data: bytes) -> None:
        """See one go on the air."""

    def reached(self, node: Node, address: bytes, data: bytes, obstacle: str) -> None:
        """See whether a board's controller has it: "", or what kept it away."""

    def handled(self, node: Node, address: bytes, data: bytes, time_us: int) -> None:
        """See it handed to the program, whose clock says this."""


# Why an advertisement does not get into a board.
NOT_SCANNING = "not_scanning"
PAST_THE_WINDOW = "past_the_window"
BLE_LOSS = "ble_loss"
OUT_OF_RANGE = "out_of_range"
OVERRUN = "overrun"


class World:
    """Everything around the firmware; use it inside one running event loop."""

    def __init__(self, seed: int = 1, real_time: bool = True, trace: TextIO | None = None) -> None:
        self.nodes: list[Node] = []
        self.patience = Patience(self.nodes)
        self._core = OneCore(self.nodes)
        self.timeline: Timeline = (
            RealTime()
            if real_time
            else VirtualTime(self._all_waiting, self._hand_over, self._core.look)
        )
        self.seed = seed
        self.random = random.Random(seed)
        self.air = Air(self.timeline, self.nodes, self.random.getrandbits(32))
        self.advert_loss = _ADVERT_LOSS
        self.witnesses: list[Witness] = []
        self.access_points: list[AccessPoint] = []
        self.events: list[dict[str, object]] = []  # what happened, for tests and people
        self._trace = trace
        self._observers: list[Callable[[dict[str, object]], None]] = []
        self._sources: list[Source] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.air.sniff(self._tell_frame)

    async def __aenter__(self) -> World:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start_node(
        self,
        role: str,
        *,
        mac: bytes | None = None,
        flash: Path | str | None = None,
        name: str | None = None,
        entry: str | Path | None = None,
        as_flashed: bool | None = None,
        paths: tuple[Path, ...] = FIRMWARE,
        heap: int | None = None,
        tcp: int | None = 0,
        pty: Path | str | None = None,
    ) -> Node:
        """Switch a board on; returns while it boots.

        `entry` is the module whose run() is called (default: "<role>.main") or a file.
        `as_flashed`: the image holds what the role needs and no more; the default with the role's own entry,
        unless `paths` are others than ours: making an image small takes seconds. What is not made small has
        as much more heap, unless `heap` says how much there is.
        `paths` are the folders whose packages are compiled into the board's image.
        `tcp` is the port of the TCP serial port, 0 for any, None for none. `pty` is where the
        symbolic link to the terminal goes; without it, in the world's own folder.
        """
        if as_flashed is None:
            as_flashed = entry is None and paths is FIRMWARE
        if heap is None:
            heap = HEAP if as_flashed or entry is not None else HEAP + NOT_MADE_SMALL
        name = name or self._free_name(role)
        flash = Path(flash) if flash else self.folder / name
        flash.mkdir(parents=True, exist_ok=True)
        node = Node(
            self,
            name,
            mac or self._free_mac(),
            flash,
            str(entry or f"{role}.main"),
            [image(paths, role if as_flashed else "")],
            heap + STANDINS_HEAP,
        )
        node.role = role
        if role == "display":
            node.i2c[OLED_ADDRESS] = Ssd1306()
        self.nodes.append(node)
        if tcp is not None:
            node.tcp = TcpPort(node.uart)
            await node.tcp.open(tcp)
        node.terminal = PtyPort(node.uart, Path(pty) if pty else self.folder / f"tty-{name}")
        node.boot()
        return node

    @property
    def folder(self) -> Path:
        """Return a folder of the world's own; it is gone when the world is."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="twin-")
        return Path(self._folder.name)

    def random_bytes(self, what: str, length: int) -> bytes:
        """Return bytes that follow from seed and purpose, whatever else happens; none in real time."""
        if self.timeline.real:
            return b""
        return random.Random(f"{self.seed}: {what}").randbytes(length)

    def _free_mac(self) -> bytes:
        first = int.from_bytes(self.random_bytes("MAC addresses", 3)) & 0x7FFFFC or 0x10
        return _ESPRESSIF + (first + 4 * len(self.nodes)).to_bytes(3)

    def _free_name(self, role: str) -> str:
        same = sum(node.name.startswith(role) for node in self.nodes)
        return f"{role}-{same + 1}" if same else role

    async def stop(self) -> None:
        """Switch everything off."""
        for source in self._sources:
            source.stop()
        for node in self.nodes:
            await node.stop()
        self.patience.stop()
        self._core.leave()
        self.timeline.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _all_waiting(self) -> bool:
        return self.patience.all_waiting(self.timeline)

    def _hand_over(self) -> None:
        for node in self.nodes:
            node.interrupts.hand_over()

    # time

    @property
    def now(self) -> float:
        """Return the seconds since the world began."""
        return self.timeline.now_us / 1e6

    async def sleep(self, seconds: float) -> None:
        """Let the world go on for a while; virtual time passes only in here and in waiting."""
        await self.timeline.sleep(seconds)

    async def until(
        self, condition: Callable[[], object], timeout: float = 10, step: float = 0.01
    ) -> None:
        """Let the world go on until the condition holds."""
        end = self.now + timeout
        while not condition():
            if self.now >= end:
                raise TimeoutError(f"nothing after {timeout} s")
            await self.sleep(step)

    # Bluetooth

    def add_source(self, source: Source) -> None:
        """Let something advertise."""
        self._sources.append(source)
        source.start(self)

    def advertise(
        self, address: bytes, data: bytes, rssi: int = -70, address_type: int = 1, kind: int = 3
    ) -> None:
        """Send one advertisement to every board that scans."""
        for witness in self.witnesses:
            witness.advertised(address, data)
        for node in self.nodes:
            mean = self.air.space.ble_strength(address, node.name, rssi)
            obstacle, heard = self._way_to(node, mean)
            for witness in self.witnesses:
                witness.reached(node, address, data, obstacle)
            if not obstacle or obstacle == OVERRUN:
                node.advertise(address_type, kind, heard, address, data)

    def _way_to(self, node: Node, mean: int) -> tuple[str, int]:
        """Return what keeps an advertisement from a board's program, and the RSSI."""
        if not node.radio.scanning:
            return NOT_SCANNING, 0
        if self.random.random() >= node.radio.scan_duty:
            return PAST_THE_WINDOW, 0
        if self.advert_loss and self.random.random() < self.advert_loss:
            return BLE_LOSS, 0
        heard = max(-127, mean + self.random.randint(-3, 3))
        if heard < self.air.space.propagation.ble_sensitivity_dbm:
            return OUT_OF_RANGE, heard
        return (OVERRUN if node.is_full else ""), heard

    # ESP-NOW, for tests

    def inject_frame(self, to: Node, source_mac: bytes, message: bytes) -> bool:
        """Let a board receive a frame that nobody sent; False when it could not."""
        return self.air.inject(to, source_mac, message)

    def sniff(self, callback: Callable[[Transmission], None]) -> None:
        """Have the callback shown every frame."""
        self.air.sniff(callback)

    def corrupt(self, callback: Callable[[Transmission], bytes | None]) -> None:
        """Have the callback change frames on their way; None loses one."""
        self.air.corrupt(callback)

    def record(self) -> list[Transmission]:
        """Return a list that every frame from now on is added to; replay with inject_frame."""
        frames: list[Transmission] = []
        self.sniff(frames.append)
        return frames

    # trace

    def observe(self, callback: Callable[[dict[str, object]], None]) -> None:
        """Have the callback told of every event of the trace."""
        self._observers.append(callback)

    def _tell_frame(self, frame: Transmission) -> None:
        self.tell(
            "frame", channel=frame.channel, source=frame.source.hex(":"),
            destination=frame.destination.hex(":"), message=frame.message.hex(),
        )  # fmt: skip

    def tell(self, event: str, **details: object) -> None:
        """Write one event into the trace."""
        entry: dict[str, object] = {"t": round(self.now, 6), "event": event, **details}
        if len(self.events) < _KEPT_EVENTS:
            self.events.append(entry)
        for observer in self._observers:
            observer(entry)
        if self._trace is not None:
            self._trace.write(json.dumps(entry) + "\n")
            self._trace.flush()
