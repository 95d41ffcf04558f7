"""The serial line: whole lines, bounded memory, a host that does not read."""

import time

from host import Output
from node.log import BURST, Log
from node.serial_port import SerialPort
from protocol import serial_framing


def numbered(output):
    reader = serial_framing.LineReader()
    return [serial_framing.parse(raw).sequence for raw in reader.feed(output.raw)]


def test_lines_are_numbered_and_never_a_multiple_of_64_long():
    output = Output()
    port = SerialPort(sink=output)
    lengths = []
    for length in range(200):
        before = len(output.raw)
        assert port.send("log", "info " + "x" * length)
        lengths.append(len(output.raw) - before)
    assert numbered(output) == list(range(200))
    assert not any(length % 64 == 0 for length in lengths)


def test_what_cannot_be_a_line_is_counted_and_not_written():
    output = Output()
    port = SerialPort(sink=output)
    assert not port.send("log", "x" * 600)
    assert not port.send("log", "a\nb")
    assert (port.unwritten, output.raw) == (2, b"")


def test_a_host_that_takes_a_part_only_is_left_alone_for_a_second():
    output = Output()
    port = SerialPort(sink=output)
    output.limit = 10
    assert not port.send("log", "info one")
    output.limit = None
    assert not port.send("log", "info two")
    assert port.unwritten == 2
    port._stuck_since = time.ticks_add(time.ticks_ms(), -1001)
    assert port.send("log", "info three")


def test_a_port_that_fails_does_not_stop_the_node():
    class Broken:
        def write(self, data):
            raise OSError(5)

    port = SerialPort(sink=Broken())
    assert not port.send("log", "info x")


def test_a_fault_that_repeats_does_not_flood_the_line():
    output = Output()
    log = Log(SerialPort(sink=output))
    for number in range(100):
        log.fault("radio", OSError(number))
    assert len(output.lines("log")) <= BURST + 1
    log._allowance._filled = time.ticks_add(log._allowance._filled, -5000)
    log.info("later")
    assert "88 lines left out" in output.lines("log")[-1][1]


def test_a_log_line_may_hold_anything():
    output = Output()
    log = Log(SerialPort(sink=output))
    log.info("Küche #1\n" + "long " * 200)
    kind, text = output.lines()[0]
    assert kind == "log"
    assert text.startswith("info K?che ?1?long")
