"""A node without its role: serial line, console, configuration, epoch, and the tasks around them."""

import asyncio
import gc
import time

import machine

from node import clock, version
from node.borrowed import Borrowed
from node.config import BadSetting, Config
from node.console import Console
from node.epoch import Epoch
from node.log import Log
from node.mac_text import plain
from node.memory import Memory
from node.options import Options
from node.pulse import LIMIT_MS, Pulse
from node.serial_port import SerialPort
from node.supervise import supervise
from node.uptime import Uptime
from protocol import radio_frame, serial_framing
from protocol.serial_payloads import encode_json

HEALTH_MS = 10_000
SUMMARY_EVERY = 30  # healths between two lines for people
WATCH_MS = 2000
FLUSH_MS = 100  # what a UART still holds when a reset comes is lost
MOST_PROBLEM = 38  # letters of one in a hello, so that it fits into a line
WITHHELD_S = 60  # then the flash is read again
GOOD_S = 60  # an application that works so long has not failed to start

CAUSES = {
    machine.PWRON_RESET: "power_on",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deep_sleep",
    machine.SOFT_RESET: "soft",
}


class App:
    """What both roles are built on; a role adds commands, tasks and health fields."""

    def __init__(self, role: str, radio, kept, watchdog) -> None:
        self.role = role
        self.radio = radio
        self.kept = kept
        self.reset = CAUSES.get(machine.reset_cause(), "unknown")
        self.port = SerialPort()
        self.uptime = Uptime()
        self.log = Log(self.port, self.uptime)
        self.console = Console(self.port, self.log)
        self.memory = Memory()
        self.config = Config(role)
        if self.config.finish_move():
            kept.role_data = b""
        # A wake from deep sleep with data of the role's goes on in the same epoch, without a write to flash.
        self.woke = self.reset == "deep_sleep" and bool(kept.role_data)
        self.epoch = None
        self.boot = self.boots = 0
        self.problems = []
        self._begin_epoch()
        self.options = Options()
        self.options.add_table("node.option_table")
        self.snapshot = None  # a role's own lines after the hello
        self.more_counters = None  # a role's own counters, a function that returns a dict
        self.more_health = None  # likewise
        self.more_summary = None  # a function that returns a text for people
        self.on_low_memory = []  # functions that give memory back
        self.refusals = [self.console.refused]  # tallies that health reports together
        self._jobs = []
        self._watchdog = watchdog
        self._add_commands()

    def _begin_epoch(self) -> None:
        """Before the first send of this boot, so that no number of an earlier one is used again."""
        try:
            self.epoch = Epoch(self.config.seed)
            if not self.woke:
                self.epoch.start()
        except OSError as error:
            # A lower epoch would be worse than silence, and reading may work next time.
            self.config.withheld = True
            self.problems.append("epoch_unreadable")
            self.log.fault("epoch", error)
            return
        self.boot = self.epoch.value
        self.boots = self.epoch.boots
        if self.epoch.lost:
            self.problems.append("epoch_lost")

    def add_task(self, name: str, run, limit_ms: int = LIMIT_MS) -> None:
        """Let `run(pulse)` run for as long as the node does; it beats at least every `limit_ms`."""
        pulse = Pulse(name, limit_ms)
        self._watchdog.pulses.append(pulse)
        self._jobs.append((pulse, run))

    async def main(self) -> None:
        """Run until the board is reset."""
        if not self.kept.safe:
            self.port.take_over()
        self._find_problems()
        self.say_hello()
        self._tell_start()
        self.add_task("console", self._listen)
        self.add_task("health", self._tell_health)
        self._jobs = [asyncio.create_task(supervise(self, *job)) for job in self._jobs]
        await self._watch()

    def say_hello(self) -> None:
        """Introduce the node."""
        self.send_json("hello", self.hello())

    def hello(self) -> dict:
        """Return what a host has to know before anything else."""
        hello = {
            "role": self.role,
            "mac": plain(self.radio.mac),
            "name": self.config.name,
            "fw": version.__version__,
            "line": serial_framing.VERSION,
            "radio": radio_frame.VERSION,
            "provisioned": self.config.key is not None,
            "boot": self.boot,
            "boots": self.boots,
            "reset": self.reset,
            "uptime_s": self.uptime.seconds(),
            "mp": version.running(),
            "chip": version.chip(),
            "channel": self.radio.channel,
            "heap_free": gc.mem_free(),
            "safe": self.kept.safe,
        }
        if self.kept.reason:
            hello["why"] = self.kept.reason
        if version.is_experimental(self.role):
            hello["experimental"] = True
        if self.problems:
            hello["problem"] = self.problems[0][:MOST_PROBLEM]
        return hello

    def health(self) -> dict:
        """Return how the node is doing."""
        self.memory.look()
        health = {
            "uptime_s": self.uptime.seconds(),
            "fw": version.__version__,
            "heap_free": self.memory.free,
            "heap_low": self.memory.lowest,
            "lines": self.port.lines,
            "unwritten": self.port.unwritten,
            "refused": self.refused(),
        }
        if self.restarts:
            health["restarts"] = {
                pulse.name: pulse.restarts for pulse in self._watchdog.pulses if pulse.restarts
            }
        if self.more_health:
            health.update(self.more_health())
        return health

    @property
    def restarts(self) -> int:
        """Return how often a task had to be started again."""
        return sum(pulse.restarts for pulse in self._watchdog.pulses)

    @property
    def heap_low(self) -> int:
        """Return the least that was ever free behind a collection."""
        return self.memory.lowest

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

    def restart(self, reason: str) -> None:
        """Reset the board; the next hello says why."""
        try:
            self.kept.give_reason(reason)
            self.log.warning("restarting: " + reason)
        except MemoryError:  # the reset is what matters
            pass
        time.sleep_ms(FLUSH_MS)
        machine.reset()

    def shed_load(self) -> None:
        """Give back what can be done without."""
        self.log.warning("memory is short")
        self.memory.failures += 1
        for give_back in self.on_low_memory:
            give_back()
        self.memory.look()

    def _add_commands(self) -> None:
        add = self.console.add
        add("hello", _nothing, self._introduce)
        add("counters", self._counters)
        add("time", clock.set_time)
        add("set", self.options.set)
        add("options", self.options.answer)
        add("log", self._page)
        add("provision", self._provision, lambda: self._leave("provisioned"))
        add("reboot", self._leave_safe_mode, lambda: self._leave("reboot command"))
        add("safe", self._enter_safe_mode, lambda: self._leave("safe command"))
        add("repl", self._ask_prompt, lambda: self._leave("repl command"))

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

    def _page(self, args: dict) -> dict:
        """Return a part of the log."""
        with Borrowed("node.log_pages") as pages:
            return pages.page(self.log.ring, args)

    def _provision(self, args: dict) -> None:
        """Store what the host gives; the node starts afresh with it."""
        number = args.get("epoch")
        if not isinstance(number, int) or not 0 <= number < 1 << 31:
            raise BadSetting("epoch")
        # First the epoch: a power cut in between must not leave a key without a fresh number.
        self.epoch.seed(number)
        self.config.provision(args)

    def _enter_safe_mode(self, _args: dict) -> None:
        self.kept.safe = True

    def _leave_safe_mode(self, _args: dict) -> None:
        self.kept.safe = False

    def _ask_prompt(self, _args: dict) -> None:
        self.kept.ask_prompt()

    def _find_problems(self) -> None:
        """Gather what was wrong at the start, by file and reason."""
        if self.config.problem:
            self.problems.append("config_" + self.config.problem)
        for problem in self.options.problems:
            self.problems.append("options_" + problem)
        with Borrowed("node.good") as good:
            if good.fell_back():
                self.problems.append("fell_back")

    def _tell_start(self) -> None:
        """Tell a person what started, and why."""
        log = self.log
        why = f" ({self.kept.reason})" if self.kept.reason else ""
        log.info(f"{self.role} node {version.__version__} starts: {self.reset}{why}")
        log.info(f"MicroPython {version.running()} on {version.chip()}, {gc.mem_free()} bytes free")
        if not version.is_as_wanted():
            log.warning(f"MicroPython {version.running()}: made for 1.29 or newer")
        if version.is_experimental(self.role):
            log.warning(f"a sensor node on {version.chip()} is experimental")
        if self.kept.safe:
            log.warning("safe mode: no watchdog, and Ctrl-C stops the node")
        for problem in self.problems:
            log.warning(f"at the start: {problem}")

    async def _listen(self, pulse) -> None:
        while True:
            pulse.rest()
            lines = await self.port.received()
            pulse.beat()
            for raw in lines:
                self.console.take(raw)

    async def _tell_health(self, pulse) -> None:
        number = 0
        while True:
            pulse.beat()
            await asyncio.sleep_ms(HEALTH_MS)
            with Borrowed("node.health_lines") as lines:
                for part in lines.parts(self.health()):
                    self.send_json("health", part)
            if self.memory.is_short():
                self.shed_load()
            if number % SUMMARY_EVERY == 0:
                self._tell_summary()
            number += 1

    def _tell_summary(self) -> None:
        """Tell a person how it goes."""
        text = f"up {self.uptime.seconds()} s, {self.memory.free} bytes free"
        if self.more_summary:
            text += ", " + self.more_summary()
        self.log.info(text)

    async def _watch(self) -> None:
        """Feed the watchdog while every task comes round; else let it bite, and say whose fault it was."""
        told = ""
        good = False
        while True:
            stuck = self._watchdog.look()
            if stuck != told:
                told = stuck
                self.kept.give_reason(f"{stuck} stuck" if stuck else "")
                self.log.warning(f"{stuck} stuck" if stuck else "all goes on")
            if self.config.withheld and self.uptime.seconds() >= WITHHELD_S:
                self.restart("epoch unreadable")
            if not good and not stuck and self.uptime.seconds() >= GOOD_S:
                good = True
                self._mark_good()
            if self.memory.is_exhausted():
                self.restart("memory exhausted")
            await asyncio.sleep_ms(WATCH_MS)

    def _mark_good(self) -> None:
        """Tell main.py that this application works; what cannot be written now is written at another start."""
        try:
            with Borrowed("node.good") as good:
                good.mark()
        except OSError as error:
            self.log.fault("good", error)

    def _leave(self, reason: str) -> None:
        """Restart because a host wants it: an application that talks has not failed."""
        self._mark_good()
        self.restart(reason)


def _nothing(_args: dict) -> None:
    """Answer a command whose effect follows the ack."""
