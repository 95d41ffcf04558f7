"""Bytes of heap that a node allocates for each advertisement and frame, on the interpreter of the boards."""

import subprocess
import tempfile
from pathlib import Path

from tests.firmware.runner import ON_BOARD, PATHS

HEAP = "512k"  # nothing is collected while it is measured
_SCRIPTS = Path(__file__).parent / "on_board"
_TIMEOUT_S = 60


def measure() -> dict[str, int]:
    """Return the bytes by what they were for."""
    from toolchain import ensure

    command = [ensure().micropython, "-X", f"heapsize={HEAP}", ON_BOARD / "harness.py"]
    command += ["allocations", "measure", _SCRIPTS, *PATHS]
    with tempfile.TemporaryDirectory() as flash:
        done = subprocess.run(
            command, cwd=flash, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=_TIMEOUT_S, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"benchmarks/on_board/allocations.py: {done.stdout[-2000:]}")
    words = (line.split() for line in done.stdout.splitlines())
    return {one[2]: int(one[1]) for one in words if one[:1] == ["ALLOC"]}
