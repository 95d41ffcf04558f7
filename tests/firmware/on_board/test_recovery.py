"""Tasks that fail or stand still, a heap that runs out, a start that fails."""

import asyncio
import sys
import time

import espnow
import machine

from air import address, md_of
from display.registry import Registry
from display.relay import Relay
from host import Output
from node import app as node_app
from node import health, log_pages, memory, start, suitable, supervise, version
from node.config import BadSetting, Config
from node.kept import Kept
from node.log import Log
from node.log_ring import LogRing
from node.memory import Memory
from node.pulse import Pulse
from node.radio_link import RadioLink
from node.serial_port import SerialPort
from node.watchdog import Watchdog
from protocol.serial_framing import MAX_LINE
from protocol.serial_payloads import encode_ack, encode_json


class App:
    """What a supervisor needs of an app."""

    def __init__(self, up_s=10_000):
        self.output = Output()
        self.log = Log(SerialPort(sink=self.output))
        self.up_s = up_s
        self.reasons = []
        self.shed = 0
        self.uptime = self

    def seconds(self):
        return self.up_s

    def restart(self, reason):
        self.reasons.append(reason)

    def shed_load(self):
        self.shed += 1


async def supervised(app, run, for_ms=60):
    """Let a task run under a supervisor without patience."""
    supervise.PAUSE_MS = 1
    supervise.LONGEST_PAUSE_MS = 2
    pulse = Pulse("work")
    task = asyncio.create_task(supervise.supervise(app, pulse, run))
    await asyncio.sleep_ms(for_ms)
    task.cancel()
    return pulse


async def failing(_pulse):
    raise ValueError("no luck")


async def test_a_task_that_fails_is_told_and_started_again():
    app = App(up_s=1)
    pulse = await supervised(app, failing)
    assert pulse.restarts > 1
    assert "error work: ValueError: no luck" in app.output.lines("log")[0][1]
    assert app.reasons == []


async def test_a_fault_that_there_is_no_memory_to_tell_restarts_the_board():
    def no_memory(*_arguments):
        raise MemoryError

    app = App(up_s=1)
    app.log.fault = no_memory
    await supervised(app, failing)
    assert app.reasons[0] == "memory exhausted"


async def test_a_task_that_ends_is_started_again():
    app = App(up_s=1)

    async def ending(_pulse):
        pass

    assert (await supervised(app, ending)).restarts > 1


async def test_a_task_that_fails_again_and_again_leads_to_a_restart_that_says_why():
    app = App()
    pulse = await supervised(app, failing)
    assert pulse.restarts >= supervise.MOST_IN_A_ROW
    assert app.reasons[0] == "work fails: ValueError"


async def test_a_task_that_fails_now_and_then_leads_to_none():
    app = App()
    supervise.STEADY_MS = 0

    async def failing_later(_pulse):
        await asyncio.sleep_ms(2)
        raise ValueError

    assert (await supervised(app, failing_later, 100)).restarts > supervise.MOST_IN_A_ROW
    assert app.reasons == []


async def test_a_task_without_memory_sheds_load():
    app = App(up_s=1)

    async def hungry(_pulse):
        raise MemoryError

    pulse = await supervised(app, hungry)
    assert app.shed == pulse.restarts > 0


def test_a_display_node_short_of_memory_forgets_strangers_and_what_is_silent():
    Config("display").provision({"role": "display", "site_key": "cd" * 16})
    link = RadioLink()
    made = node_app.App("display", link, Kept(), Watchdog())
    made.options.add_table("display.option_table")
    registry = Registry()
    Relay(made, link, registry).start()
    for number, silent_ms in enumerate((1000, 599_000, 601_000)):
        registry.take(b"\x02" * 6, address(number), -60, 0, md_of(number))
        registry.devices[address(number)].heard = time.ticks_add(time.ticks_ms(), -silent_ms)
    espnow.ESPNow.peers_table[address(9)] = [-50, 0]
    made.shed_load()
    assert sorted(registry.devices) == [address(0), address(1)]
    assert espnow.ESPNow.peers_table == {}
    assert made.memory.failures == 1


def watchdog(*pulses):
    made = Watchdog()
    made.pulses.extend(pulses)
    made.start()
    return made


def test_the_watchdog_is_fed_only_while_every_task_comes_round():
    slow, quick = Pulse("slow", 60_000), Pulse("quick", 1000)
    dog = watchdog(slow, quick)
    assert (dog.look(), machine.WDT.feeds) == ("", 1)
    quick._last = time.ticks_add(time.ticks_ms(), -1100)
    assert (dog.look(), machine.WDT.feeds) == ("quick", 1)
    quick.beat()
    assert (dog.look(), machine.WDT.feeds) == ("", 2)


def test_a_task_that_waits_for_somebody_else_owes_no_beat():
    pulse = Pulse("console", 1000)
    dog = watchdog(pulse)
    pulse.rest()
    pulse._last = time.ticks_add(time.ticks_ms(), -100_000)
    assert dog.look() == ""
    pulse.beat()
    pulse._last = time.ticks_add(time.ticks_ms(), -1100)
    assert dog.look() == "console"


def test_a_task_that_does_not_take_what_it_waits_for_is_missing():
    come = []
    pulse = Pulse("console", 1000)
    dog = watchdog(pulse)
    pulse._last = time.ticks_add(time.ticks_ms(), -100_000)
    pulse.rest(lambda: come)
    assert dog.look() == ""
    come.append("a line")
    assert dog.look() == ""  # it has the usual time
    come.clear()
    pulse._last = time.ticks_add(pulse._last, -1100)
    assert dog.look() == "console"


def test_a_task_that_stood_still_for_a_fortnight_is_still_missing():
    pulse = Pulse("scan", 1000)
    pulse._last = time.ticks_add(time.ticks_ms(), 0x1FFFFFFF)  # as it looks when the clock wrapped
    assert watchdog(pulse).look() == "scan"


def test_the_traceback_of_a_fault_can_be_read_later():
    app = App()
    try:
        [].pop()
    except IndexError as error:
        app.log.fault("scan", error)
    text = app.log.ring.read_from(0, 1000)[1]
    assert "error scan: IndexError" in text
    assert "Traceback" in text
    assert "test_recovery.py" in text
    assert "Traceback" not in app.output.raw.decode()


def test_a_fault_that_repeats_does_not_push_the_first_one_out_of_the_ring():
    app = App()
    app.log.info("first of all")
    for _ in range(1000):
        app.log.fault("scan", ValueError("x"))
    app.log.info("later")
    text = app.log.ring.read_from(0, 2000)[1]
    assert text.count("Traceback") + text.count("ValueError: x") <= 3
    assert "first of all" in text
    assert "999 times more" in text


def test_a_ring_keeps_the_newest_and_no_more():
    ring = LogRing(64)
    everything = ""
    for number in range(100):
        piece = "%d," % number
        ring.write(piece.encode())
        everything += piece
        start, text = ring.read_from(0, 1000)
        assert text == everything[-64:]
        assert start == len(everything) - len(text)
    ring.write(b"x" * 1000)
    assert ring.read_from(0, 1000) == (ring.end - 64, "x" * 64)


def test_the_log_is_read_in_pages_that_each_fit_into_a_line():
    ring = LogRing()
    written = ""
    for number in range(300):
        piece = 'line #%d "quoted" \\ \x01\n' % number
        ring.write(piece.encode())
        written += piece.replace("\x01", "?")
    read = ""
    at = 0
    while True:
        page = log_pages.page(ring, {"from": at})
        assert SerialPort(sink=Output()).send("ack", encode_ack(65535, page))
        assert page["text"] or page["next"] == page["end"]
        read += page["text"]
        at = page["next"]
        if at == page["end"]:
            break
    assert len(read) == len(ring._buffer)
    assert written.endswith(read)


def test_a_page_of_the_log_that_cannot_be_is_refused_by_name():
    for value in (-1, "0", None, True, 1.5):
        try:
            log_pages.page(LogRing(), {"from": value})
        except BadSetting:
            continue
        raise AssertionError(value)


def test_a_health_report_has_as_many_lines_as_it_needs():
    much = {
        "uptime_s": 10**9,
        "foreign_radio": 2,
        "refused": {"a_rather_long_reason_%02d" % n: n for n in range(40)},
    }
    for number in range(40):
        much["number_%d" % number] = 10**9
    parts = health.parts(much)
    assert len(parts) > 1
    assert {"uptime_s", "foreign_radio"} <= set(parts[0])
    for part in parts:
        assert SerialPort(sink=Output()).send("health", encode_json(part))
        assert len(encode_json(part)) < MAX_LINE
    joined = {}
    for part in parts:
        assert not set(part) & set(joined)
        joined.update(part)
    assert set(joined) == set(much)
    assert sum(joined["refused"].values()) == sum(range(40))


def test_a_short_health_report_is_one_line():
    little = {"uptime_s": 1, "refused": {"replayed": 1}}
    assert health.parts(little) == [little]


def test_memory_that_stays_short_is_exhausted_and_that_recovers_is_not():
    heap = Memory()
    heap.free = memory.SHORT - 1
    for _ in range(memory.MOST_FAILURES):
        assert not heap.is_exhausted()
        assert heap.is_short()
        heap.failures += 1  # as App.shed_load does
    assert heap.is_exhausted()
    heap.free = memory.SHORT
    assert (heap.is_short(), heap.is_exhausted()) == (False, False)
    for _ in range(100):
        assert not heap.is_short()
    assert heap.failures == 0


class Held:
    memory = None


def test_the_low_water_mark_of_the_heap_does_not_rise():
    heap = Memory()
    heap_before = heap.lowest
    Held.memory = bytearray(20_000)
    heap.look()
    low = heap.lowest
    Held.memory = None
    heap.look()
    assert (heap.lowest, heap.free >= low) == (low, True)
    assert heap.lowest < heap_before - 15_000


def test_a_start_that_fails_is_told_and_tried_again():
    def build(_kept, _watchdog):
        raise OSError("WiFi Out of Memory")

    start.PAUSE_MS = 1
    start.start(build)
    assert machine.resets == 1
    assert machine.WDT.timeout == 20_000  # a start that hangs is no better
    assert Kept().reason == "stopped: OSError: WiFi Out of Memory"


def test_in_safe_mode_there_is_no_watchdog_and_a_fault_ends_at_the_prompt():
    def build(_kept, _watchdog):
        raise OSError("WiFi Out of Memory")

    Kept().safe = True
    try:
        start.start(build)
    except OSError:
        assert (machine.resets, machine.WDT.timeout) == (0, None)
        return
    raise AssertionError


class Interpreter:
    """Stands in for `sys`."""

    def __init__(self, running, machine_name="Generic ESP32 module with ESP32"):
        class Implementation:
            version = running
            _machine = machine_name

        self.implementation = Implementation


def test_a_micropython_that_is_too_old_is_refused_in_a_sentence():
    built = []
    version.sys = suitable.sys = Interpreter((1, 25, 0))
    start.start(lambda *_: built.append(1))
    assert "1.25.0 is too old" in suitable.refusal()
    version.sys = suitable.sys = Interpreter((1, 26, 0))
    assert (suitable.refusal(), suitable.is_as_wanted(), built) == ("", False, [])
    version.sys = suitable.sys = Interpreter((1, 29, 0))
    assert (suitable.refusal(), suitable.is_as_wanted()) == ("", True)
    version.sys = suitable.sys = Interpreter((2, 0, 0))
    assert (suitable.refusal(), suitable.is_as_wanted()) == ("", True)
    version.sys = suitable.sys = sys


def test_a_sensor_node_on_a_chip_that_fails_for_some_is_experimental():
    for name, chip, experimental in (
        ("Generic ESP32 module with ESP32", "ESP32", False),
        ("Generic ESP32S3 module with ESP32S3", "ESP32S3", False),
        ("ESP32C3 module with ESP32C3", "ESP32C3", True),
        ("Somebody's board with ESP32C6 and more", "ESP32C6", True),
    ):
        version.sys = suitable.sys = Interpreter((1, 29, 0), name)
        assert suitable.chip() == chip
        assert suitable.is_experimental("sensor") == experimental
        assert not suitable.is_experimental("display")
    version.sys = suitable.sys = sys
