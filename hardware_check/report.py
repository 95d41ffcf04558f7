"""The report: Markdown for people with the figures as JSON in it, and nothing that identifies anybody."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .steps import STEPS, Finding

_MAC = re.compile(r"(?i)\b[0-9a-f]{12}\b|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b")
_KEY = re.compile(r"(?i)\b[0-9a-f]{32}\b")


def markdown(found: Mapping[str, list[Finding]], header: Mapping[str, Any], complete: bool) -> str:
    """Return the whole report."""
    lines = ["# Hardware check", ""]
    lines += [f"* {name}: {value}" for name, value in header.items()]
    if not complete:
        lines += ["* **stopped before the end**"]
    for key, findings in found.items():
        lines += ["", f"## {STEPS[key].title}", "", "| What | Found | |", "|---|---|---|"]
        lines += [f"| {one.what} | {one.figure} | {one.verdict} |" for one in findings]
    figures = {
        "header": dict(header),
        "complete": complete,
        "steps": {
            key: [{"what": one.what, "verdict": one.verdict, **one.values} for one in findings]
            for key, findings in found.items()
        },
    }
    lines += ["", "<details><summary>Figures as JSON</summary>", "", "```json"]
    lines += [json.dumps(figures, indent=1, ensure_ascii=False), "```", "", "</details>", ""]
    return redacted("\n".join(lines))


def redacted(text: str) -> str:
    """Take out what looks like a key or a MAC: no step puts one in, and none may slip through."""
    return _MAC.sub("(address)", _KEY.sub("(key)", text))
