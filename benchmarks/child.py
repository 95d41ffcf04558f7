"""Measures one table in a process of its own: python -m benchmarks.child TABLE [quick]; prints it as JSON.

What the measurement prints goes to standard error: standard output is for the table alone.
"""

import json
import os
import signal
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from .catalogue import TABLES
from .extent import FULL, QUICK
from .row import Goal, Row, Table


def main() -> None:
    """Measure."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    name, *words = sys.argv[1:]
    sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    table = import_module(f"benchmarks.{TABLES[name]}").measure(QUICK if words else FULL)
    json.dump(asdict(table), answer)
    answer.close()


def read(text: str) -> Table:
    """Return the table that a child has printed."""
    found = json.loads(text)
    rows = [
        Row(**{**row, "goal": Goal(**row["goal"]) if row["goal"] else None})
        for row in found["rows"]
    ]
    return Table(found["title"], rows, tuple(found["notes"]), found["peer"])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # our parent says so
        sys.exit(130)
