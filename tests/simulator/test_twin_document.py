"""docs/twin.md names tests that are there."""

import re

from simulator.interpreter import PROJECT

_FOLDERS = ("simulator", "firmware")


def test_every_test_that_is_named_exists():
    page = (PROJECT / "docs" / "twin.md").read_text()
    named = {name for name in re.findall(r"`([a-z0-9_]+)`", page) if name.count("_") >= 2}
    sources = "".join(
        path.read_text() for one in _FOLDERS for path in (PROJECT / "tests" / one).rglob("*.py")
    )
    assert len(named) > 35
    assert {name for name in named if f"def {name}(" not in sources} == set()
