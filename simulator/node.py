"""One board: its lives (processes), what survives them, and the requests it makes of the world."""

import asyncio
import contextlib
import socket
import struct
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from . import protocol_route
from .flash import Flash
from .interrupts import Interrupts
from .nvs import Nvs
from .ports import PtyPort, TcpPort
from .process import Process
from .radio import Packet, Radio
from .requests import REQUESTS, Answer, Request
from .ssd1306 import Ssd1306
from .standins import _operations as op
from .station import Station
from .timeline import Event
from .uart import BOOT_NOISE, Uart

if TYPE_CHECKING:
    from .world import World

OLED_ADDRESS = 0x3C
WEB_PORT = 80
HEAP = 160 * 1024  # what MicroPython leaves on a classic ESP32, with growth
STANDINS_HEAP = 43 * 1024  # what the stand-ins take; see heap_report
_HEADER = struct.Struct("<6i")
_ANSWER = struct.Struct("<10i")
_TICKS = (1 << 30) - 1
_MOST_EVENTS = 64  # the controller's buffers hold no more advertisements
_BOOT_US = 300_000
_DEATHS_IN_A_ROW = 5
_SHORT_LIFE_US = 3_000_000


class NodeError(Exception):
    """The node did not do what it was waited for."""


class I2cDevice(Protocol):
    """Something on the node's I2C bus."""

    def write(self, data: bytes) -> None:
        """Take the bytes of one transfer."""

    def read(self, length: int) -> bytes:
        """Give bytes."""

    def lose_power(self, random: Random) -> None:
        """Begin anew, with chance in the memory."""


class Node:
    """A board in the world."""

    def __init__(
        self,
        world: World,
        name: str,
        mac: bytes,
        flash: Path,
        entry: str,
        paths: list[Path],
        heap: int,
    ) -> None:
        self.world = world
        self.name = name
        self.mac = mac
        self.flash = flash
        self.radio = Radio(mac)
        self.station = Station(self)
        self.uart = Uart(world.timeline, self._wake, lambda: self.post(op.INTERRUPTED, b""))
        self.uart.on_open = self._host_opened
        self.role = ""  # what it was started as
        self.on_open = "nothing"  # or "reset": what DTR and RTS do to it when a host opens the port
        self.views_last = False  # True: what a Bluetooth handler is shown stays after it
        self.irq_survives = False  # True: an uncaught exception does not end the handler
        self.usb_console = False  # True: as on a chip's own USB, a restart loses what is not out
        self.nvs = Nvs(flash.with_name(flash.name + ".nvs.json"), self.lose_power)
        self.chip = Flash(flash / "vfs.bin", self.lose_power)
        self.i2c: dict[int, I2cDevice] = {}
        self.pins: dict[int, int] = {}
        self.rtc_memory = b""
        self.rtc_offset_s = 0
        self.tcp: TcpPort | None = None
        self.terminal: PtyPort | None = None
        self._served: dict[int, int] = {}  # TCP port of the board: port of the machine
        self.crash: str | None = None  # the exception that ended the program
        self.errors = ""  # stderr, for diagnosis
        self.restarts = 0
        self.life = 0  # rises when a life ends
        self.heap_report = (0, 0)  # allocated by the stand-ins, free before the program starts
        self.counters: Counter[str] = Counter()
        self._entry, self._paths, self._heap = entry, paths, heap
        self._process: Process | None = None
        self.waiting = True  # for the world, or off: time may go on
        self.cause = op.POWER_ON
        self._booted_us = 0
        self._deaths = 0
        self._restart: Event | None = None
        self._incoming = bytearray()
        self._lines: deque[Any] = deque(maxlen=10000)
        self._reader = protocol_route.module("serial_line").LineReader()
        self._sequence = 0
        self._command = 30000  # apart from the ids of a host on the same port
        self._line_observers: list[Callable[[Any], None]] = []
        self._waiters: list[Callable[[], None]] = []
        self._forget_state()
        self.uart.listen(self._take_output)

    def _forget_state(self) -> None:
        self._in_handler = False
        self._resumed_us = 0
        self.interrupts = Interrupts(self.world.timeline, self._wake, self._handle)
        self.requests = 0  # of this life
        self._last_request = "nothing"
        self._woken_to_hear = False  # only for the handler's sake
        self._wait: tuple[int, bool] | None = None  # wants, from an interrupt handler
        self._deadline: Event | None = None
        self._scan_end: Event | None = None
        self._watchdog: Event | None = None
        self._watchdog_ms = 0

    # life

    def attend(self, seconds: float) -> bool:
        """Wait a moment for what the computing node does next; False when it did nothing."""
        assert self._process is not None
        return self._process.attend(seconds)

    def notify(self, callback: Callable[[], None]) -> None:
        """Have the callback called when the computing node does something."""
        assert self._process is not None
        self._process.notify(callback)

    def stuck(self, seconds: float) -> str:
        """Return who did not come back, and what it did last."""
        assert self._process is not None
        self.uart.flush()
        doing = (
            "computing" if self._process.computing else "waiting for something of its own (stdin?)"
        )
        return (
            f"{self.name} has asked for nothing for {seconds:g} s of real time and is {doing}; "
            f"last it asked for {self._last_request} at {self._resumed_us / 1e6:.6f} s; "
            f"it sent last: {self.uart.text[-300:]!r}"
        )

    @property
    def running(self) -> bool:
        """Tell whether there is a process."""
        return self._process is not None

    @property
    def off(self) -> bool:
        """Tell whether it has no power, and will have none by itself."""
        return self._process is None and self._restart is None

    @property
    def pid(self) -> int | None:
        """Return the id of the process."""
        return self._process.pid if self._process else None

    @property
    def uptime_ms(self) -> int:
        """Return ticks_ms of the node."""
        return (self.world.timeline.now_us - self._booted_us) // 1000 & _TICKS

    @property
    def seed(self) -> bytes:
        """Return what everything random in this life of the board follows from; empty: from chance."""
        return self.world.random_bytes(f"{self.name}, life {self.life}", 16)

    def boot(self) -> None:
        """Begin a life."""
        self._restart = None
        self._forget_state()
        self._incoming.clear()
        self.crash = None
        self._booted_us = self.world.timeline.now_us
        self._resumed_us = self._booted_us
        self._process = Process(
            self.flash, self._entry, self._paths, self._heap, self.world.timeline.real,
            self._take_request, self._print, self._take_error, self._died,
        )  # fmt: skip
        self.waiting = False
        self.uart.connect(self._process.input)
        self.tell("boot", cause=self.cause)
        if self.uart.boot_noise:
            self.uart.emit(BOOT_NOISE)

    def reset(self, cause: int = op.HARD_RESET, delay_us: int = _BOOT_US) -> None:
        """Restart as by the EN button; flash, NVS and RTC memory survive."""
        self._off(cause == op.SOFT_RESET)
        self.restarts += 1
        self.cause = cause
        self._restart = self.world.timeline.after(delay_us, self.boot)
        self.world.timeline.look()

    def power_cycle(self, seconds: float = 0.5) -> None:
        """Restart by taking the power away; RTC memory and clock are lost."""
        self.lose_power()
        self.give_power(seconds)

    def lose_power(self) -> None:
        """Be off: only flash and NVS survive."""
        self.tell("power", on=False)
        self._off()
        self.rtc_memory = b""
        for device in self.i2c.values():
            device.lose_power(Random(self.life))

    def unplug(self) -> None:
        """Pull the cable: the port vanishes and the power goes with it."""
        self.lose_power()
        for port in (self.tcp, self.terminal):
            if port is not None:
                port.unplug()

    def erase_flash(self) -> None:
        """Lose power and everything in flash, as before another image is written."""
        self.lose_power()
        self.chip.erase_all()
        self.nvs.clear()

    def plug(self) -> None:
        """Put the cable back in."""
        for port in (self.tcp, self.terminal):
            if port is not None:
                port.plug()
        self.give_power()

    def _host_opened(self) -> None:
        if self.on_open == "reset":
            self.power_cycle(_BOOT_US / 1e6)  # the reset pin: RTC memory is lost as well

    def give_power(self, seconds: float = 0.5) -> None:
        """Boot again after a while; the clock begins anew."""
        self.rtc_offset_s = -int(self.world.timeline.now_us / 1e6 + seconds)
        self.reset(op.POWER_ON, round(seconds * 1e6))

    def deep_sleep(self, duration_ms: int) -> None:
        """Be off for so long, 0 for ever; RTC memory and clock stay."""
        if duration_ms:
            self.reset(op.DEEP_SLEEP, duration_ms * 1000)
        else:
            self._off()

    async def stop(self) -> None:
        """Switch off for good."""
        self._off()
        ports = (self.tcp, self.terminal)
        self.tcp = self.terminal = None
        for port in ports:
            if port is not None:
                await port.close()

    def _off(self, soft: bool = False) -> None:
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None
        for event in (self._deadline, self._scan_end, self._watchdog):
            if event is not None:
                event.cancel()
        self.interrupts.stop()
        self.life += 1
        self.uart.cut()
        self.uart.connect(None)
        self.waiting = True
        if self._process is not None:
            self._process.kill()
            self._process = None
        # a soft reset leaves Wi-Fi as it was
        self.radio.reset(keep_wifi=soft)
        self.station.reset(keep_wifi=soft)
        self.nvs.restart()

    def _died(self, code: int) -> None:
        """The process ended without being asked: on the chip, a panic and a restart."""
        self._process = None
        self.waiting = True
        self.uart.flush()
        self.uart.connect(None)
        self.tell("died", code=code)
        short = self.world.timeline.now_us - self._booted_us < _SHORT_LIFE_US
        self._deaths = self._deaths + 1 if short else 1
        if self._deaths >= _DEATHS_IN_A_ROW:
            self.crash = f"died {self._deaths} times, last with code {code}: {self.errors[-500:]}"
            self._off()
            self._wake_waiters()
            return
        self.reset()

    def tell(self, event: str, **details: object) -> None:
        """Write into the world's trace."""
        self.world.tell(event, node=self.name, **details)

    # serial lines

    @property
    def serial_url(self) -> str:
        """Return the URL of the serial port over TCP."""
        if self.tcp is None:
            raise NodeError(f"{self.name} was started without a TCP port")
        return self.tcp.url

    @property
    def web_url(self) -> str:
        """Return where the board's own page is found; only on loopback."""
        if WEB_PORT not in self._served:
            raise NodeError(f"{self.name} serves no page: its Wi-Fi is off")
        return f"http://127.0.0.1:{self._served[WEB_PORT]}"

    @property
    def serves_page(self) -> bool:
        """Tell whether it has ever served one."""
        return WEB_PORT in self._served

    def serve(self, port: int) -> int:
        """Return the machine's port that stands for a board's; after a restart it is the same."""
        if port not in self._served:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self._served[port] = probe.getsockname()[1]
        return self._served[port]

    @property
    def pty(self) -> Path:
        """Return the path of the serial port as a terminal."""
        if self.terminal is None:
            raise NodeError(f"{self.name} was started without a terminal")
        return self.terminal.path

    @property
    def oled(self) -> Ssd1306:
        """Return the display on the I2C bus."""
        device = self.i2c[OLED_ADDRESS]
        assert isinstance(device, Ssd1306)
        return device

    async def command(
        self, command: str, timeout: float = 5, /, **arguments: object
    ) -> dict[str, Any]:
        """Send a command, wait for its ack; return the ack's data."""
        payloads = protocol_route.module("serial_payloads")
        line = protocol_route.module("serial_line")
        self._command += 1
        identity = self._command
        self.uart.feed(payloads.encode_command(self._sequence, identity, command, arguments))
        self._sequence = self._sequence + 1 & 0xFFFF
        found = await self.wait_line(
            "ack", timeout, lambda one: payloads.parse_ack(one.payload)[0] == identity
        )
        assert isinstance(found, line.Line)
        _, right, reason, data = payloads.parse_ack(found.payload)
        if not right:
            raise NodeError(f"{self.name} refused {command}: {reason}")
        return dict(data or {})

    async def wait_line(
        self, kind: str, timeout: float = 10, where: Callable[[Any], bool] | None = None
    ) -> Any:
        """Return the next line of this kind that was not waited for yet; others are skipped."""
        found: list[Any] = []

        def look() -> bool:
            while self._lines:
                line = self._lines.popleft()
                if line.kind == kind and (where is None or where(line)):
                    found.append(line)
                    return True
            return False

        await self._wait_until(look, f"no {kind} line", timeout)
        return found[0]

    async def wait_text(self, text: str, timeout: float = 10) -> str:
        """Wait until the node has sent this text; return all that it has sent."""
        await self._wait_until(lambda: text in self.uart.text, f"no {text!r}", timeout)
        return self.uart.text

    def on_line(self, callback: Callable[[Any], None]) -> None:
        """Have the callback shown every whole line the node sends."""
        self._line_observers.append(callback)

    async def _wait_until(self, look: Callable[[], bool], what: str, timeout: float) -> None:
        """Look after each output of the node."""
        end = self.world.timeline.now_us + round(timeout * 1e6)
        while not look():
            if self.crash is not None:
                raise NodeError(f"{self.name} crashed: {self.crash}\n{self.uart.text[-2000:]}")
            left = (end - self.world.timeline.now_us) / 1e6
            try:
                await self._wait_for_output(left)
            except TimeoutError:
                text = self.uart.text[-2000:]
                raise NodeError(f"{self.name} sent {what} in time.\nIt sent:\n{text}") from None

    async def _wait_for_output(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not woken.done():
                woken.set_result(None)

        self._waiters.append(wake)
        try:
            await self.world.timeline.wait(woken, max(0, seconds))
        finally:
            self._waiters.remove(wake)

    def _wake_waiters(self) -> None:
        for waiter in list(self._waiters):
            waiter()

    def _take_output(self, data: bytes) -> None:
        serial_line = protocol_route.module("serial_line")
        for raw in self._reader.feed(data):
            self.tell("serial", text=raw.decode("utf-8", "replace"))
            with contextlib.suppress(serial_line.LineError):
                line = serial_line.parse(raw)
                self._lines.append(line)
                for observer in self._line_observers:
                    observer(line)
        self._wake_waiters()

    def _print(self, data: bytes) -> None:
        """Let what the program prints go out; a handler that prints must not do so late."""
        if self._woken_to_hear:
            self.interrupts.gather_us = 0
        self.uart.print(data)

    def _take_error(self, data: bytes) -> None:
        """Keep stderr apart too, but on the chip it is the same serial port."""
        self.errors = (self.errors + data.decode("utf-8", "replace"))[-20000:]
        self.uart.print(data)

    # what happens to the node

    def receive(self, packet: Packet) -> bool:
        """Take a frame from the air."""
        taken = self.radio.take(packet)
        if taken:
            self.post(op.FRAME_ARRIVED, b"")
        return taken

    def advertise(
        self, address_type: int, kind: int, rssi: int, address: bytes, data: bytes
    ) -> None:
        """Take a Bluetooth advertisement."""
        if self.is_full:
            self.counters["advertisements_overrun"] += 1
            return
        self.counters["advertisements"] += 1
        head = bytes([address_type, kind, rssi & 0xFF])
        asleep = self._wait is not None and not self._wait[0] & op.WANTS_EVENTS
        self.interrupts.post(op.ADVERTISEMENT, head + address + data, can_wait=asleep)

    @property
    def is_full(self) -> bool:
        """Tell whether the controller has no buffer left for another advertisement."""
        return len(self.interrupts) >= _MOST_EVENTS

    def _handle(self, kind: int, rest: bytes, time_us: int) -> None:
        """Let the witnesses see what the program is shown."""
        if kind == op.ADVERTISEMENT:
            for witness in self.world.witnesses:
                witness.handled(self, rest[3:9], rest[9:], time_us)

    def occupy(self, left: int | None, piece: int = 0) -> None:
        """Have something else take the heap but for so many bytes, with holes below `piece`; None gives it back."""
        self.post(op.OCCUPIED, b"" if left is None else left.to_bytes(3, "little") + bytes([piece]))

    def press(self, pin: int, level: int) -> None:
        """Change the level of an input pin."""
        self.pins[pin] = level
        self.post(op.PIN_CHANGED, bytes([pin, level]))

    def post(self, kind: int, rest: bytes) -> None:
        """Interrupt the node at its next chance."""
        self.interrupts.post(kind, rest, can_wait=False)

    def _wake(self) -> None:
        if self._wait is None:
            return
        wants, in_handler = self._wait
        if in_handler:
            return
        wanted = bool(self._present & wants)
        if wanted or self.interrupts.urgent:
            self._woken_to_hear = not wanted
            self.answer(0)

    @property
    def _present(self) -> int:
        """Return what a wait may want that is there."""
        frames = op.FRAME_WAITING if self.radio.waiting else 0
        return frames | (op.SERIAL_WAITING if self.uart.waiting else 0)

    @property
    def _flags(self) -> int:
        """Return what the program would otherwise ask for one by one."""
        station, point = self.radio.interfaces
        return (
            self._present
            | op.MORE_FRAMES * (len(self.radio.queue) > 1)
            | op.STATION_ON * station
            | op.POINT_ON * point
            | self.radio.channel << op.CHANNEL_BITS
        )

    # requests

    def _take_request(self, data: bytes) -> None:
        self._incoming += data
        while len(self._incoming) >= _HEADER.size:
            operation, spent, a, b, c, length = _HEADER.unpack_from(self._incoming)
            end = _HEADER.size + length
            if len(self._incoming) < end:
                return
            body = bytes(self._incoming[_HEADER.size : end])
            del self._incoming[:end]
            if operation & ~op.IN_HANDLER == op.POKE:
                self._poke(a)
                continue
            request = Request(operation, a, b, c, body)
            if request.posted:
                self._accept_posted(request, spent)
            else:
                self._accept(request, spent)

    def _accept_posted(self, request: Request, spent_us: int) -> None:
        """Do it when its time has come; the request behind it waits for an answer.

        What the program has printed since does not hold it up, so what it printed before does not either.
        """
        life = self._process
        timeline = self.world.timeline
        timeline.at(
            max(timeline.now_us, self._resumed_us + spent_us),
            lambda: self._handler(request)(self, request) if self._process is life else None,
        )

    def _handler(self, request: Request) -> Callable[[Node, Request], Answer]:
        handler = REQUESTS.get(request.operation)
        if handler is None:
            raise NodeError(f"{self.name} asked for {request.operation}, which nobody can do")
        return handler

    def _accept(self, request: Request, spent_us: int) -> None:
        assert self._process is not None
        self._process.catch_up()  # what it printed before it asked
        if self._process is None:
            return
        self.requests += 1
        self.waiting = True
        timeline = self.world.timeline
        if timeline.real:
            self._perform(request)
        else:
            life = self._process
            timeline.at(
                max(timeline.now_us, self._resumed_us + spent_us, self.uart.blocks_until),
                lambda: self._perform(request) if self._process is life else None,
            )

    def _perform(self, request: Request) -> None:
        handler = self._handler(request)
        self._in_handler = request.in_handler
        self._woken_to_hear = False
        self.interrupts.busy_until_now()
        if request.belated:
            self.interrupts.gather_us = 0  # it acts on what it hears: no longer too late
        self._last_request = handler.__name__.strip("_")
        result = handler(self, request)
        if isinstance(result, int):
            self.answer(result)
        elif result is not None:
            self.answer(len(result), result)

    def _poke(self, number: int) -> None:
        if self._wait is not None and number == self.requests:
            self.answer(0)

    def answer(self, result: int, body: bytes = b"") -> None:
        """Let the node go on."""
        if self._process is None or not self.waiting:
            return
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._wait is not None and self._wait[0] & op.WANTS_FRAME:
            body = self._first_frame()
        self._wait = None
        if self._in_handler:
            self.interrupts.busy_until_now()
        events = b"" if self._in_handler else self.interrupts.take()
        now = self.world.timeline.now_us
        ticks = now - self._booted_us
        clock = now + self.rtc_offset_s * 1_000_000
        header = _ANSWER.pack(
            ticks // 1000 & _TICKS, ticks % 1000, ticks & _TICKS,
            clock // 1_000_000, clock // 1000 % 1000,
            self._flags, result, len(body), len(events), self.requests,
        )  # fmt: skip
        self.waiting = False
        self._resumed_us = now
        self._process.answer(header + body + events)

    def _first_frame(self) -> bytes:
        """Return the packet that the program will take next; nothing where taking it may be special."""
        if self.world.timeline.real or self.world.air.conditions.ring_of_1_28:
            return b""
        return self.radio.first()

    # what requests do to the node's own state

    def begin_wait(self, duration_us: int | None, wants: int) -> None:
        """Answer when something happens, or after this long."""
        self._wait = (wants, self._in_handler)
        if duration_us is not None:
            self._deadline = self.world.timeline.after(
                duration_us, lambda: self.answer(op.WAIT_OVER)
            )
        self._wake()

    def begin_scan(self, duration_ms: int, duty: float) -> None:
        """Scan for this long, 0 for ever."""
        self.end_scan()
        self.radio.scanning = True
        self.radio.scan_duty = duty
        if duration_ms:
            self._scan_end = self.world.timeline.after(duration_ms * 1000, self._scan_over)

    def end_scan(self) -> None:
        """Stop scanning."""
        self.radio.scanning = False
        if self._scan_end is not None:
            self._scan_end.cancel()
            self._scan_end = None

    def _scan_over(self) -> None:
        self.end_scan()
        self.post(op.SCAN_DONE, b"")

    def feed_watchdog(self, timeout_ms: int = 0) -> None:
        """Start the watchdog, or feed it."""
        self._watchdog_ms = timeout_ms or self._watchdog_ms
        if self._watchdog is not None:
            self._watchdog.cancel()
        if self._watchdog_ms:
            self._watchdog = self.world.timeline.after(self._watchdog_ms * 1000, self._bite)

    def _bite(self) -> None:
        self.tell("watchdog")
        self.reset(op.WATCHDOG_RESET)

    def has_crashed(self, text: str) -> None:
        """The program ended with an exception; the node sits at its prompt."""
        self.uart.flush()
        self.crash = text
        self.tell("crash", error=text)
        self._wake_waiters()
