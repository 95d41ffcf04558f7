"""Take one guard out, and only that: the thread must then be seen to fail."""

import inspect
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from custom_components.victron_espnow.protocol import serial_framing, serial_line
from simulator.world import FIRMWARE


def without(source: str, guard: str, instead: str) -> str:
    """Return the source with one guard replaced; the guard must be there exactly once."""
    assert source.count(guard) == 1, f"{guard!r} stands {source.count(guard)} times"
    return source.replace(guard, instead)


def firmware_without(folder: Path, file: str, guard: str, instead: str) -> tuple[Path, ...]:
    """Return import paths of a copy of the firmware in which one guard of one file is gone."""
    firmware, integration = FIRMWARE
    copies = (folder / "firmware", folder / "shared")
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(firmware, copies[0], ignore=skip)
    shutil.copytree(integration / "protocol", copies[1] / "protocol", ignore=skip)
    path = next(copy / file for copy in copies if (copy / file).exists())
    path.write_text(without(path.read_text(), guard, instead))
    return copies


def parse_without_crc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant read lines whatever their CRC says."""
    source = without(inspect.getsource(serial_framing.parse), "raise BadCrc", "pass")
    names = dict(vars(serial_framing))
    exec(source, names)
    parse: Callable[[bytes], serial_line.Line] = names["parse"]
    monkeypatch.setattr(serial_line, "parse", parse)
