"""A node without its role: serial line, console, configuration, epoch, and the tasks around them."""

import asyncio
import gc
import time

import machine

from node import clock, version
from node.config import BadSetting, Config
from node.console import Console
from node.epoch import Epoch
from node.kept import Kept
from node.log import Log
from node.mac_text import plain
from node.options import Options
from node.pulse import LIMIT_MS, Pulse
from node.serial_port import SerialPort
from node.supervise import supervise
from node.uptime import Uptime
from node.watchdog import Watchdog
from protocol import radio_frame, serial_framing
from protocol.serial_payloads import encode_json

HEALTH_MS = 10_000
WATCH_MS = 2000
FLUSH_MS = 100  # what a UART still holds when a reset comes is lost


class App:
    """What both roles are built on; a role adds commands, tasks and health fields."""

    def __init__(self, role: str, radio) -> None:
        self.role = role
        self.radio = radio
        self.port = SerialPort()
        self.log = Log(self.port)
        self.console = Console(self.port, self.log)
        self.uptime = Uptime()
        self.kept = Kept()
        self.config = Config(role)
        self.options = Options()
        self.options.add_table("node.option_table")
        self.epoch = Epoch()
        # Before the first send of this boot, so that no number of an earlier one is used again.
        self.epoch.raise_above(0)
        self.boot = self.epoch.value
        self.snapshot = None  # a role's own lines after the hello
        self.more_counters = None  # a role's own counters, a function that returns a dict
        self.more_health = None  # likewise
        self.refusals = [self.console.refused]  # tallies that health reports together
        self._jobs = []
        self._watchdog = Watchdog()
        self._leaving = asyncio.Event()
        self._add_commands()

    def add_task(self, name: str, run, limit_ms: int = LIMIT_MS) -> None:
        """Let `run(pulse)` run for as long as the node does; it beats at least every `limit_ms`."""
        pulse = Pulse(name, limit_ms)
        self._watchdog.pulses.append(pulse)
        self._jobs.append((pulse, run))

    async def main(self) -> None:
        """Run until somebody wants the prompt."""
        self.port.take_over()
        self.say_hello()
        if not version.is_as_wanted():
            self.log.warning(f"MicroPython {version.running()}: made for 1.29 or newer")
        if self.config.problem:
            self.log.warning(f"config.json: {self.config.problem}")
        self.add_task("console", self._listen)
        self.add_task("health", self._tell_health)
        for problem in self.options.problems:
            self.log.warning(f"options.json: {problem}")
        tasks = [asyncio.create_task(supervise(self.log, *job)) for job in self._jobs]
        tasks.append(asyncio.create_task(self._watch()))
        await self._leaving.wait()
        for task in tasks:
            task.cancel()
        self.port.give_back()

    def say_hello(self) -> None:
        """Introduce the node."""
        self.send_json("hello", self.hello())

    def hello(self) -> dict:
        """Return what a host has to know before anything else."""
        return {
            "role": self.role,
            "mac": plain(self.radio.mac),
            "name": self.config.name,
            "fw": version.__version__,
            "line": serial_framing.VERSION,
            "radio": radio_frame.VERSION,
            "provisioned": self.config.provisioned,
            "boot": self.boot,
            "uptime_s": self.uptime.seconds(),
            "mp": version.running(),
            "channel": self.radio.channel,
            "heap_free": gc.mem_free(),
        }

    def health(self) -> dict:
        """Return how the node is doing."""
        gc.collect()  # else "free" tells when the last collection was
        health = {
            "uptime_s": self.uptime.seconds(),
            "heap_free": gc.mem_free(),
            "lines": self.port.lines,
            "unwritten": self.port.unwritten,
            "refused": self.refused(),
        }
        if self.more_health:
            health.update(self.more_health())
        return health

    def refused(self) -> dict:
        """Return how many lines and frames were refused, by reason."""
        counts = {"line_too_long": self.port.too_long} if self.port.too_long else {}
        for tally in self.refusals:
            for reason, count in tally.counts.items():
                counts[reason] = counts.get(reason, 0) + count
        return counts

    def send_json(self, kind: str, fields: dict) -> None:
        """Write one line of JSON."""
        self.port.send(kind, encode_json(fields))

    def _add_commands(self) -> None:
        add = self.console.add
        add("hello", _nothing, self._introduce)
        add("counters", self._counters)
        add("time", clock.set_time)
        add("provision", self._provision, _restart)
        add("set", self.options.set)
        add("options", self.options.answer)
        add("reboot", _nothing, _restart)
        add("repl", _nothing, self._leaving.set)

    def _introduce(self) -> None:
        """Say hello and, behind it, the present value of everything."""
        self.say_hello()
        if self.snapshot:
            self.snapshot()

    def _counters(self, args: dict) -> dict:
        """Return the role's counters, or the radio's: together they do not fit into one line."""
        if args.get("of") == "radio":
            return self.radio.counters()
        counters = {"refused": self.refused(), "lines": self.port.lines}
        if self.more_counters:
            counters.update(self.more_counters())
        return counters

    def _provision(self, args: dict) -> None:
        """Store what the host gives; the node starts afresh with it."""
        number = args.get("epoch")
        if not isinstance(number, int) or not 0 <= number < 1 << 31:
            raise BadSetting("epoch")
        # First the epoch: a power cut in between must not leave a key without a fresh number.
        self.epoch.seed(number)
        self.config.provision(args)

    def restart(self, reason: str) -> None:
        """Reset the board; the next hello says why."""
        self.kept.give_reason(reason)
        self.log.warning("restarting: " + reason)
        _restart()

    async def _listen(self, pulse) -> None:
        while True:
            pulse.rest()
            lines = await self.port.received()
            pulse.beat()
            for raw in lines:
                self.console.take(raw)

    async def _tell_health(self, pulse) -> None:
        while True:
            pulse.beat()
            await asyncio.sleep_ms(HEALTH_MS)
            self.send_json("health", self.health())

    async def _watch(self) -> None:
        """Feed the watchdog while every task comes round; else let it bite, and say whose fault it was."""
        self._watchdog.start()
        told = ""
        while True:
            stuck = self._watchdog.look()
            if stuck != told:
                told = stuck
                self.kept.give_reason(f"{stuck} stuck" if stuck else "")
            await asyncio.sleep_ms(WATCH_MS)


def _nothing(_args: dict) -> None:
    """Answer a command whose effect follows the ack."""


def _restart() -> None:
    """Reset the board once the host has the ack."""
    time.sleep_ms(FLUSH_MS)
    machine.reset()
