"""Lets the firmware run on CPython: MicroPython's modules as tests play them, a clock and a chance that repeat."""

import asyncio
import gc
import os
import sys
import time
from collections.abc import Coroutine, Generator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
FAKES = HERE.parent / "firmware" / "fakes"
FIRMWARE = (PROJECT / "firmware", PROJECT / "custom_components" / "victron_espnow")
SITE_KEY = bytes(range(16))
DISPLAY_MAC, SENSOR_MAC = bytes.fromhex("240AC4000001"), bytes.fromhex("240AC4000002")
_TICKS = 1 << 30
# Told as a fault on purpose: an option may name a pin that this chip does not have.
FORESEEN = {"OLED pins", "button, buzzer, lamp"}


class Unforeseen(Exception):
    """The firmware has caught an exception that nobody meant to raise."""


class Clock:
    """Stands still but for what is asked of it."""

    now_ms = 1_000_000

    @classmethod
    def ticks_ms(cls) -> int:
        """Let a moment go by with each look."""
        cls.now_ms += 1
        return cls.now_ms % _TICKS


class _Pause:
    """Gives way once, however long it was to last."""

    def __init__(self, ms: int) -> None:
        Clock.now_ms += max(0, ms)

    def __await__(self) -> Generator[None]:
        yield


class _Task:
    def cancel(self) -> None:
        """Be no obstacle: it goes no further than it is driven."""


TASKS: list[Coroutine[Any, Any, None]] = []


def _create_task(work: Coroutine[Any, Any, None]) -> _Task:
    TASKS.append(work)
    return _Task()


class Canvas:
    """Draws nothing."""

    def __init__(self, *_: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return lambda *_: 0


def prepare(roots: tuple[Path, ...] = FIRMWARE) -> None:
    """Make the firmware in these folders importable, once for the process."""
    sys.path[:0] = [str(FAKES), *map(str, roots)]
    _module("micropython", const=lambda value: value, kbd_intr=lambda _: None)
    _module("framebuf", FrameBuffer=Canvas, MONO_VLSB=0)
    difference = lambda new, old: (new - old + _TICKS // 2) % _TICKS - _TICKS // 2  # noqa: E731
    _add(time, ticks_ms=Clock.ticks_ms, ticks_us=Clock.ticks_ms, ticks_diff=difference,
         ticks_add=lambda one, other: (one + other) % _TICKS, sleep_ms=lambda _: None)  # fmt: skip
    _add(asyncio, sleep_ms=_Pause, StreamReader=lambda _: None, ThreadSafeFlag=asyncio.Event,
         create_task=_create_task)  # fmt: skip
    _add(gc, mem_free=lambda: 99_000, threshold=lambda _: None, collect=lambda: 0)
    _add(sys, print_exception=lambda error, stream: None)
    sys.implementation._machine = "Fuzz with ESP32"
    # A mock of what is read from flash again and again: here it stays.
    from node import borrowed, log, suitable

    borrowed.Borrowed.__exit__ = lambda *_: None
    suitable.is_as_wanted, suitable.refusal = lambda: True, lambda: ""
    log.Log.fault = _fault


def drive(work: Coroutine[Any, Any, Any], steps: int = 20) -> None:
    """Let a task go on for a while."""
    try:
        for _ in range(steps):
            work.send(None)
    except StopIteration:
        pass
    finally:
        work.close()


def begin() -> None:
    """Forget everything of an earlier life: flash, settings, radio, time, chance."""
    import bluetooth
    import espnow
    import machine
    from esp32 import NVS
    from network import WLAN

    for name in os.listdir():  # noqa: PTH208  many times a second
        if name.endswith((".json", ".new")):
            os.remove(name)  # noqa: PTH107
    NVS.flash, NVS.pending = {}, {}
    machine.RTC.kept = b""
    espnow.ESPNow.sent, espnow.ESPNow.arriving, espnow.ESPNow.peers = [], [], []
    bluetooth.BLE.calls, bluetooth.BLE.scanning = [], False
    WLAN.log, WLAN.up, WLAN.settings = [], [False, False], ({}, {})
    machine.I2C.written = []
    Clock.now_ms = 1_000_000
    TASKS.clear()
    count = iter(range(1 << 62))
    os.urandom = lambda length: bytes(next(count) * 37 + 1 & 0xFF for _ in range(length))


class Output:
    """What a node has written."""

    def __init__(self) -> None:
        self.raw = bytearray()

    def write(self, data: bytes) -> int:
        """Take all of it."""
        self.raw += data
        return len(data)


def node(role: str) -> Any:
    """Return the app of a whole provisioned node that runs no task; its `output` is what it says."""
    from network import WLAN

    from node import app as node_app
    from node.config import Config
    from node.kept import Kept
    from node.serial_port import SerialPort
    from node.watchdog import Watchdog

    WLAN.mac = DISPLAY_MAC if role == "display" else SENSOR_MAC
    config = Config(role)
    if not config.provisioned:
        config.provision(settings(role))
    output = Output()
    node_app.SerialPort = lambda: SerialPort(SimpleNamespace(), output)
    main = __import__(f"{role}.main", None, None, ("*",))
    app = main.build(Kept(), Watchdog())
    app.output = output
    return app


def draw(face: Any) -> None:
    """Have the OLED's page drawn, whether or not it is time."""
    face._oled.start()
    face._drawn = None
    face._show()


def settings(role: str) -> dict[str, Any]:
    """Return what a host provisions a board with."""
    from protocol.authentication import node_key, site_tag

    common = {"role": role, "name": "Fuzz", "epoch": 1_700_000_000}
    if role == "display":
        return {**common, "site_key": SITE_KEY.hex()}
    key = node_key(SITE_KEY, SENSOR_MAC)
    return {**common, "node_key": key.hex(), "site_tag": site_tag(SITE_KEY)}


def _fault(self: object, where: str, error: BaseException) -> None:
    if where not in FORESEEN:
        raise Unforeseen(where) from error


def _module(name: str, **content: object) -> None:
    sys.modules[name] = ModuleType(name)
    _add(sys.modules[name], **content)


def _add(module: ModuleType, **content: object) -> None:
    for name, value in content.items():
        setattr(module, name, value)


def check_output(app: Any) -> None:
    """See that whatever a node has said is lines that a host can read."""
    from protocol import serial_framing, serial_payloads

    reader = serial_framing.LineReader()
    for raw in reader.feed(bytes(app.output.raw)):
        line = serial_framing.parse(raw)
        if line.kind == "ack":
            serial_payloads.parse_ack(line.payload)
        elif line.kind == "adv":
            serial_payloads.parse_advert(line.payload)
        elif line.kind == "log":
            serial_payloads.parse_log(line.payload)
        else:
            serial_payloads.parse_json(line.payload)
    assert not reader.too_long
    assert not app.port.unwritten, "a line that could not be written"
