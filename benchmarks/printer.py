"""Tables as Markdown for people, and as JSON for programs."""

import json
from typing import Any

from .row import Row, Table

MISSED = "**MISSED**"


def markdown(table: Table) -> str:
    """Return one table with its title and notes; a column that nobody fills is left out."""
    head, *lines = _columns(table)
    rule = [":--", *["--:"] * (len(head) - 1)]
    text = "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))
    notes = "".join(f"\n{note}\n" for note in table.notes)
    return f"## {table.title}\n\n{text}\n{notes}"


def as_json(tables: list[tuple[str, Table, float]], facts: dict[str, Any]) -> str:
    """Return everything, with the seconds that each took."""
    found = [
        {
            "table": name, "title": table.title, "peer": table.peer, "ok": table.ok,
            "seconds": round(seconds, 1), "rows": [row.entry() for row in table.rows],
            "notes": list(table.notes),
        }
        for name, table, seconds in tables
    ]  # fmt: skip
    return json.dumps({"versions": facts, "tables": found}, indent=1, ensure_ascii=False)


def _columns(table: Table) -> list[list[str]]:
    rows = table.rows
    more = list(dict.fromkeys(name for row in rows for name in row.more))
    with_peer = any(row.peer is not None for row in rows)
    with_goal = any(row.goal is not None for row in rows)
    head = ["", *more, "ours"]
    head += [table.peer or "peer", "ratio"] if with_peer else []
    head += ["goal", ""] if with_goal else []
    lines = [head]
    for row in rows:
        cells = [row.name, *(row.more.get(name, "") for name in more), _figure(row, row.ours)]
        if with_peer:
            cells += [_figure(row, row.peer), "" if row.ratio is None else f"{row.ratio:.3f}"]
        if with_goal:
            cells += ["" if row.goal is None else str(row.goal), _verdict(row)]
        lines.append(cells)
    return lines


def _figure(row: Row, figure: float | None) -> str:
    return "" if figure is None else f"{figure:,.{row.digits}f} {row.unit}".strip()


def _verdict(row: Row) -> str:
    return {None: "", True: "ok", False: MISSED}[row.ok]
