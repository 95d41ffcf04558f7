"""The results as a table: a row for each fault, a column for each moment."""

import math
from collections.abc import Iterable
from pathlib import Path

from ..faults.catalogue import FAULTS
from ..faults.fault import RECOVERY_S
from .judge import RULES
from .moments import MOMENTS
from .pair import NOTHING, Result

_NEVER = "·"
_UNSEEN = ""
_WHOLE = "Every fault was tried at each of these times."
_SAMPLE = (
    "This is a sample: every fourth pair of fault and moment, each at one of these times in turn;\n"
    "an empty cell was not tried."
)


def cells(results: Iterable[Result]) -> dict[tuple[str, str], str]:
    """Return what stands in each cell, by fault and moment."""
    found: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        found.setdefault((one.pair.fault, one.pair.moment), []).append(one)
    return {place: _cell(ones) for place, ones in found.items()}


def _cell(results: list[Result]) -> str:
    """Return the broken rules, or the seconds of the slowest."""
    broken = sorted({rule for one in results for rule in one.rules})
    if broken:
        return "".join(broken)
    struck = [one.fresh_s for one in results if one.struck]
    return str(math.ceil(max(struck))) if struck else _NEVER


def as_text(results: list[Result]) -> str:
    """Return the table for a terminal."""
    known = cells(results)
    widest = max(len(fault.name) for fault in FAULTS)
    lines = [" " * widest + "".join(f" {_short(moment.name):>4}" for moment in MOMENTS)]
    for fault in (NOTHING, *FAULTS):
        row = [known.get((fault.name, moment.name), _UNSEEN) for moment in MOMENTS]
        if any(row):
            lines.append(f"{fault.name:<{widest}}" + "".join(f" {one:>4}" for one in row))
    return "\n".join(lines)


def _short(name: str) -> str:
    first, _, second = name.partition(" ")
    return first[:4] if not second else first[:2] + second[:2]


_PAGE = Path(__file__).with_name("page.md")


def as_markdown(results: list[Result], is_sample: bool = False) -> str:
    """Return the page of the documentation."""
    known = cells(results)
    return _PAGE.read_text().format(
        extent=_SAMPLE if is_sample else _WHOLE,
        command="scripts/matrix --write" + " --quick" * is_sample,
        struck=sum(one.struck for one in results if one.pair.fault != NOTHING.name),
        broken=sum(bool(one.complaints) for one in results),
        rules=_lines(RULES.items()),
        never=_NEVER,
        fresh=RECOVERY_S,
        table="\n".join(_matrix(known)),
        faults=_lines((one.name, one.about, f"{one.within_s:g} s") for one in FAULTS),
        moments=_lines((one.name, one.about) for one in MOMENTS),
    )


def _matrix(known: dict[tuple[str, str], str]) -> list[str]:
    """Return the rows."""
    names = [moment.name for moment in MOMENTS]
    rows = (
        (fault.name, *(known.get((fault.name, name), _UNSEEN) for name in names))
        for fault in (NOTHING, *FAULTS)
        if any((fault.name, name) in known for name in names)
    )
    return [_line(("", *names)), "|---|" + "--:|" * len(names), *map(_line, rows)]


def _lines(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(map(_line, rows))


def _line(row: Iterable[str]) -> str:
    return "| " + " | ".join(row) + " |"
