"""benchmarks/RESULTS.md: every table of one run, with what it was run on and how to run it again."""

from pathlib import Path

from . import printer
from .row import Table

FILE = Path(__file__).with_name("RESULTS.md")
_HEAD = """# How fast, how light

Written by `scripts/bench --write`, from one run; nothing here is typed. To repeat it: `scripts/bench`, in a clone of
the project; it brings what it needs first, and `scripts/bench --help` names the tables and a quick run. Figures of time
are this computer's: what counts is the ratio to the peer's in the same run. {verdict}
"""


def write(measured: list[tuple[str, Table, float]], facts: dict[str, str]) -> None:
    """Write the file anew."""
    FILE.write_text(text(measured, facts), "utf-8")


def text(measured: list[tuple[str, Table, float]], facts: dict[str, str]) -> str:
    """Return the whole page."""
    missed = [row.name for _, table, _ in measured for row in table.rows if row.ok is False]
    verdict = f"Missed goals: {'; '.join(missed)}." if missed else "Every goal is reached."
    minutes = sum(seconds for _, _, seconds in measured) / 60
    lines = [f"| {name} | {fact} |" for name, fact in facts.items()]
    versions = "\n".join(["| | |", "| :-- | :-- |", *lines, f"| duration | {minutes:.1f} min |"])
    tables = "\n".join(printer.markdown(table) for _, table, _ in measured)
    return f"{_HEAD.format(verdict=verdict)}\n{versions}\n\n{tables}"
