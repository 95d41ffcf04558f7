"""What a run depends on: this project's commit, the peers, the interpreters, the computer."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from toolchain import ensure
from toolchain.environments import lock_file
from toolchain.locks import packages

PROJECT = Path(__file__).resolve().parents[1]
_MEASURED_WITH = ("homeassistant", "victron-ble", "victron-ble-ha-parser", "cryptography")


def versions() -> dict[str, str]:
    """Return them by name."""
    paths = ensure()
    return {
        "victron-espnow": _commit(),
        **{name: version(name) for name in _MEASURED_WITH},
        "aioesphomeapi": packages(lock_file("peers"))["aioesphomeapi"],
        "Python": platform.python_version(),
        "MicroPython": f"{paths.micropython_version}, {paths.micropython_bits}-bit",
        "computer": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
    }


def _commit() -> str:
    """Return the commit, and whether something is changed."""
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty", "--exclude", "*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no git repository"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"
