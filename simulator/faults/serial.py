"""The cable, the port, and whoever sits at its other end."""

from typing import TYPE_CHECKING

from ..protocol_route import module
from .fault import Course, Fault

if TYPE_CHECKING:
    from ..matrix.stage import Stage

_AWAY_S = 5
_SMALL_RING = 12  # bytes: less than what comes at once
# What ModemManager, mpremote and terminal programs send first.
_PROBE = b"\r\x03\x03\r\x01\x02\x04AT\r\nATE0\r\n+++\x03"
_FLOOD = 6000  # bytes


def _cable(stage: Stage) -> Course:
    stage.board.unplug()
    yield _AWAY_S
    stage.board.plug()
    return True


def _reopened(stage: Stage) -> Course:
    stage.board.uart.feed(module("serial_payloads").encode_command(0, 1, "hello", {}))
    yield 1
    return True


def _opened_with_reset(stage: Stage) -> Course:
    stage.board.on_open = "reset"
    stage.board.uart.on_open()
    yield 1
    return True


def _host_restart(stage: Stage) -> Course:
    stage.host.away = True
    yield _AWAY_S
    stage.host.away = False
    stage.board.uart.feed(module("serial_payloads").encode_command(0, 1, "hello", {}))
    return True


def _probe(stage: Stage) -> Course:
    for _ in range(3):
        stage.board.uart.feed(_PROBE)
        yield 0.5
    return True


def _overflow(stage: Stage) -> Course:
    """What is sent meanwhile gets lost somewhere in the middle, silently."""
    uart, ring = stage.board.uart, stage.board.uart.ring
    uart.ring = _SMALL_RING
    yield _AWAY_S
    uart.ring = ring
    return uart.dropped > 0


def _flood(stage: Stage) -> Course:
    """Noise without line feeds, then beginnings of lines without end."""
    noise = stage.world.random.randbytes(_FLOOD // 2).replace(b"\n", b"#")
    stage.board.uart.feed(noise + b"#V1 0 cmd " * (_FLOOD // 20))
    yield _FLOOD * 90e-6
    return True


FAULTS = [
    Fault("cable", f"The cable is pulled, and with it the power, for {_AWAY_S} s.", _cable),
    Fault("port reopened", "Home Assistant opens the port; the board goes on.", _reopened),
    Fault("port resets", "Opening the port resets the board.", _opened_with_reset),
    Fault("host restart", f"Home Assistant is away for {_AWAY_S} s.", _host_restart),
    Fault("host probes", "Another program tries the port: Ctrl-C, Ctrl-D, AT commands.", _probe),
    Fault("input lost", "The board's input ring is full and drops bytes.", _overflow),
    Fault("input flood", f"{_FLOOD} bytes of nonsense arrive.", _flood),
]
