"""`scripts/bench`: measures, prints tables; the exit code is 1 when a goal is missed."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from . import child, printer, results
from .catalogue import TABLES
from .row import Table, failed
from .versions import versions

_INTERRUPTED = 130
_PATIENCE_S = 15  # for boards and folders to be put away
_LIMIT_S = 1800  # for one table, on the busiest computer
PROJECT = Path(__file__).resolve().parents[1]

type Measured = list[tuple[str, Table, float]]  # name, table, seconds


def main(words: Sequence[str] | None = None) -> int:
    """Measure what is asked for, one table after the other."""
    arguments = _parser().parse_args(words)
    names = arguments.names or list(TABLES)
    if names == ["list"]:
        print(*TABLES, sep="\n")
        return 0
    if unknown := [name for name in names if name not in TABLES]:
        print(f"Error: no such table: {', '.join(unknown)}; try list.", file=sys.stderr)
        return 2
    if arguments.write and (arguments.names or arguments.quick):
        print("Error: --write is for a run of everything.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    measured: Measured = []
    interrupted = False
    try:
        for name in names:
            measured.append(_measured(name, arguments.quick))
            if not arguments.json:
                print(printer.markdown(measured[-1][1]), flush=True)
    except KeyboardInterrupt:
        interrupted = True
    facts = versions()
    if arguments.json:
        print(printer.as_json(measured, facts))
    if interrupted:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED
    if arguments.write:
        results.write(measured, facts)
    return _verdict(measured)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures how fast and how light we are, beside what people use today: Markdown tables.",
        epilog="Exit code 1 when a goal is missed. All of it takes up to ten minutes.",
    )
    add = parser.add_argument
    add("names", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)}, or list; all by default")
    add(
        "--quick",
        action="store_true",
        help="less of everything, within a minute, and no goals that take longer",
    )
    add("--json", action="store_true", help="print JSON instead of Markdown")
    add("--write", action="store_true", help="write benchmarks/RESULTS.md, too")
    return parser


def _measured(name: str, quick: bool) -> tuple[str, Table, float]:
    """Measure one table in a process of its own, which is ended when we are."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.child", name, *(["quick"] if quick else [])]
    program = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        text, _ = program.communicate(timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        text = ""
        print(f"{name}: ended after {_LIMIT_S} s", file=sys.stderr, flush=True)
    finally:
        _end(program)
    seconds = time.monotonic() - started
    good = program.returncode == 0 and text
    table = child.read(text) if good else Table(name, [failed(f"{name}: not measured, see above")])
    print(f"{name}: {seconds:.0f} s", file=sys.stderr, flush=True)
    return name, table, seconds


def _end(program: subprocess.Popen[str]) -> None:
    """End a table's processes: kindly, so that boards and folders are put away, then for certain."""
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(_PATIENCE_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def _verdict(measured: Measured) -> int:
    """Name what is missed; return the exit code."""
    missed = [row for _, table, _ in measured for row in table.rows if row.ok is False]
    for row in missed:
        print(f"MISSED: {row.name}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
