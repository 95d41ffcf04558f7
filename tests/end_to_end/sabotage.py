"""Take one guard out, and only that: the thread must then be seen to fail."""

import inspect
from collections.abc import Callable

import pytest

from custom_components.victron_espnow.protocol import serial_framing, serial_line


def parse_without_crc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant read lines whatever their CRC says."""
    source, guard = inspect.getsource(serial_framing.parse), "raise BadCrc"
    assert source.count(guard) == 1
    names = dict(vars(serial_framing))
    exec(source.replace(guard, "pass"), names)
    parse: Callable[[bytes], serial_line.Line] = names["parse"]
    monkeypatch.setattr(serial_line, "parse", parse)
