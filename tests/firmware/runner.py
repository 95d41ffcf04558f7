"""Starts tests of the firmware on the interpreter of the boards."""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
ON_BOARD = HERE / "on_board"
# The firmware comes before the protocol's folder, which holds a sensor.py of its own.
PATHS = (
    ON_BOARD,
    HERE / "fakes",
    PROJECT / "firmware",
    PROJECT / "custom_components" / "victron_espnow",
)
# More than a chip has: here a whole node is compiled from its source. What it takes is measured in the twin.
HEAP = "256k"
TIMEOUT_S = 60

sys.path.append(str(PROJECT / "scripts"))
from toolchain import ensure  # noqa: E402


def on_board_tests(pattern: str = "test_*.py") -> list[tuple[str, str]]:
    """Every (module, function) that runs on MicroPython."""
    return [
        (path.stem, name)
        for path in sorted(ON_BOARD.glob(pattern))
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.M)
    ]


def run_on_board(module: str, function: str, flash: Path, heap: str = HEAP) -> str:
    """Run one function with `flash` as the file system; return its output or fail with it."""
    command = [ensure().micropython, "-X", f"heapsize={heap}"]
    command += [ON_BOARD / "harness.py", module, function, *PATHS]
    done = subprocess.run(
        command,
        cwd=flash,
        input="",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT_S,
        encoding="utf-8",
        check=False,
    )
    if done.returncode or not done.stdout.endswith("passed\n"):
        raise AssertionError(f"{module}.{function} exit {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout
