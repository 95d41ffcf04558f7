"""Each promise of docs/security.md has its tests, and they exist."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DOCUMENT = (PROJECT / "docs" / "security.md").read_text("utf-8")
PROMISES = re.search(r"## What we promise\n+(?:\|.*\n){2}((?:\|.*\n)+)", DOCUMENT)
assert PROMISES
ROWS = [row.strip("|").split("|") for row in PROMISES[1].splitlines()]


def names_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip()[:60])
def test_a_promise_is_kept_by_tests_that_exist(row: list[str]):
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row[1])
    assert len(named) == row[1].count("`") // 2 > 0
    for file, name in named:
        assert (PROJECT / file).exists(), file
        assert names_in(PROJECT / file) >= ({name} if name else set()), name


def test_what_is_not_promised_is_said():
    section = DOCUMENT.partition("## What we do not promise")[2].partition("\n## ")[0]
    for word in (
        "jam",
        "advertisements show",
        "not sign",
        "stolen display node",
        "network serial port",
    ):
        assert word in section.lower(), word


def test_every_file_and_chapter_that_is_named_is_there():
    for name in re.findall(r"`((?:tests|\.github)/[\w./]+)`", DOCUMENT):
        assert (PROJECT / name).exists(), name
    assert "## The site file" in (PROJECT / "docs" / "flashing.md").read_text("utf-8")
