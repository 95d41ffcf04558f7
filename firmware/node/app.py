"""A node without its role: serial line, console, configuration, epoch, and the tasks around them."""

import asyncio
import time

import machine

from node.borrowed import Borrowed, seldom
from node.config import Config
from node.console import Console, UnknownCommand
from node.log import Log
from node.memory import Memory
from node.options import Options
from node.pulse import LIMIT_MS, Pulse
from node.serial_port import SerialPort
from node.supervise import supervise
from node.uptime import Uptime
from protocol.serial_payloads import encode_json

HEALTH_MS = 10_000
SUMMARY_EVERY = 30  # healths between two lines for people
WATCH_MS = 5000
FLUSH_MS = 100  # what a UART still holds when a reset comes is lost
WITHHELD_S = 60  # then the flash is read again
GOOD_S = 60  # an application that works so long has not failed to start


class App:
    """What both roles are built on; a role adds commands, tasks and health fields."""

    def __init__(self, role: str, radio, kept, watchdog) -> None:
        self.role = role
        self.radio = radio
        self.kept = kept
        self.port = SerialPort()
        self.uptime = Uptime()
        self.log = Log(self.port, self.uptime)
        self.console = Console(self.port, self.log)
        self.console.seldom = self._seldom
        self.commands = [("node.commands", self)]  # names of modules, what their handlers work with
        self.console.after_seldom = self._leave
        self.memory = Memory()
        self.config = Config(role)
        self.reset = ""  # why the board started
        self.woke = False  # from deep sleep, with what the role had kept
        self.epoch = None
        self.boot = self.boots = 0
        self.problems = []
        self.leaving = ""  # the reason of a restart that a command has asked for
        with Borrowed("node.introduction") as introduction:
            introduction.begin(self)
        self.options = Options()
        self.options.add_table("node.option_table")
        self.snapshot = None  # a role's own lines after the hello
        self.more_counters = None  # a role's own counters, a function that returns a dict
        self.more_health = None  # likewise
        self.more_measures = None  # (name of a module, what its functions work with)
        self.on_low_memory = []  # functions that give memory back
        self.refusals = [self.console.refused]  # tallies that health reports together
        self.watchdog = watchdog
        self._jobs = []
        self.console.add("hello", _nothing, self._introduce)

    def add_task(self, name: str, run, limit_ms: int = LIMIT_MS) -> None:
        """Let `run(pulse)` run for as long as the node does; it beats at least every `limit_ms`."""
        pulse = Pulse(name, limit_ms)
        self.watchdog.pulses.append(pulse)
        self._jobs.append((pulse, run))

    async def main(self) -> None:
        """Run until the board is reset."""
        self._begin()
        _forget_start()
        await self._watch()

    def _begin(self) -> None:
        """Say hello and let all tasks run."""
        if not self.kept.safe:
            self.port.take_over()
        self._tell_start()
        self.add_task("console", self._listen)
        self.add_task("health", self._tell_health)
        asyncio.get_event_loop().set_exception_handler(self._take_fault)
        self._tasks = [asyncio.create_task(supervise(self, *job)) for job in self._jobs]
        self._jobs.clear()

    def _tell_start(self) -> None:
        """Say hello and what is wrong; in a function of its own, as the main task lasts for ever."""
        with Borrowed("node.introduction") as introduction:
            introduction.find_problems(self)
            self.send_json("hello", introduction.hello(self))
            introduction.tell_start(self)

    @property
    @seldom
    def restarts(self) -> int:
        """Return how often a task had to be started again."""
        return sum(pulse.restarts for pulse in self.watchdog.pulses)

    @property
    def heap_low(self) -> int:
        """Return the least that was ever free behind a collection."""
        return self.memory.lowest

    @property
    def name(self) -> str:
        """Return what the user calls the node."""
        return self.options["name"] or self.config.name

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

    def _introduce(self) -> None:
        """Say hello and, behind it, the present value of everything."""
        with Borrowed("node.introduction") as introduction:
            self.send_json("hello", introduction.hello(self))
        if self.snapshot:
            self.snapshot()

    @seldom
    def _seldom(self, name: str, args: dict):
        """Answer a command that is read from flash when it is needed."""
        for module, owner in self.commands:
            with Borrowed(module) as commands:
                if name in commands.HANDLERS:
                    return commands.HANDLERS[name](owner, args)
        raise UnknownCommand

    def _take_fault(self, _loop, context: dict) -> None:
        """Tell what ended a task that nobody supervises or awaits."""
        self.log.fault("task", context["exception"])

    async def _listen(self, pulse) -> None:
        while True:
            pulse.rest(self.port.has_input)
            lines = await self.port.received()
            pulse.beat()
            for raw in lines:
                self.console.take(raw)

    async def _tell_health(self, pulse) -> None:
        number = 0
        while True:
            pulse.beat()
            await asyncio.sleep_ms(HEALTH_MS)
            self.memory.look()
            self._say_health(number % SUMMARY_EVERY == 0)
            if self.memory.is_short():
                self.shed_load()
            number += 1

    async def _watch(self) -> None:
        """Feed the watchdog while every task comes round; else let it bite, and say whose fault it was."""
        told = ""
        good = False
        while True:
            stuck = self.watchdog.look()
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

    @seldom
    def _say_health(self, with_summary: bool) -> None:
        """Write the lines of health; in a function of its own, as a task's variables last as long as the task."""
        with Borrowed("node.health") as health:
            for part in health.parts(health.report(self)):
                self.send_json("health", part)
            if with_summary:
                self.log.info(health.summary(self))

    @seldom
    def _mark_good(self) -> None:
        """Tell main.py that this application works; what cannot be written now is written at another start."""
        try:
            with Borrowed("node.good") as good:
                good.mark()
        except OSError as error:
            self.log.fault("good", error)

    def _leave(self) -> None:
        """Restart if a host wants it: an application that talks has not failed."""
        if self.leaving:
            self._mark_good()
            self.restart(self.leaving)


def _forget_start() -> None:
    """Give back what only the start has needed."""
    with Borrowed("node.started") as started:
        started.forget_start()


def _nothing(_args: dict) -> None:
    """Answer a command whose effect follows the ack."""
