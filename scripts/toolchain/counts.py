"""Reads what the test runners counted, and compares the two that run the same tests."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

SHARED = "tests/protocol/shared/"
CLOSING_LINE = re.compile(r"^(?:mpy: )?(\d+) passed, (\d+) failed\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Count:
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    @property
    def ran(self) -> int:
        """Tests that were started, whatever came of them."""
        return self.passed + self.failed

    def __str__(self) -> str:
        words = f"{self.passed} passed, {self.failed} failed"
        return f"{words}, {self.skipped} skipped" if self.skipped else words


def of_pytest(report: Path, folder: str = "") -> Count | None:
    """Count the tests of pytest's XML report whose file lies in `folder`; None if there is no report."""
    try:
        cases = list(ET.parse(report).iter("testcase"))
    except (OSError, ET.ParseError):
        return None
    verdicts: dict[tuple[str, str], str] = {}
    for case in cases:
        if not case.get("file", "").startswith(folder):
            continue
        # A test that fails and whose cleaning up fails too is listed twice.
        name = (case.get("classname", ""), case.get("name", ""))
        verdict = max((verdict_of(case), verdicts.get(name, "")), key=ORDER.index)
        verdicts[name] = verdict
    words = list(verdicts.values())
    return Count(words.count("passed"), words.count("failed"), words.count("skipped"))


ORDER = ("", "passed", "skipped", "failed")


def verdict_of(case: ET.Element) -> str:
    """Say what became of one test."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


def of_micropython(text: str) -> Count | None:
    """Count the tests by the MicroPython runner's closing line; None if it printed none."""
    found = CLOSING_LINE.findall(text)
    return Count(int(found[-1][0]), int(found[-1][1])) if found else None


def difference(cpython: Count | None, micropython: Count | None) -> str:
    """Say in what the two runs of the shared tests differ; nothing if they ran the same number."""
    if cpython is None:
        return "CPython's runner left no report"
    if micropython is None:
        return "MicroPython's runner printed no closing line"
    if cpython.skipped:
        return f"CPython skipped {cpython.skipped} of the shared tests; they must run on both"
    if cpython.ran != micropython.ran:
        return f"CPython ran {cpython.ran} of the shared tests, MicroPython {micropython.ran}"
    if cpython.ran == 0:
        return "neither interpreter ran a shared test"
    return ""
