"""Tables of options in the documentation against the tables of the firmware."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .reading import PROJECT

FIRMWARE = PROJECT / "firmware"
_NAME = re.compile(r"`([a-z][a-z0-9_]*)`")


@pytest.fixture(scope="module")
def tables() -> dict[str, dict[str, Any]]:
    """Return the options of each role, with those of both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PROJECT / "custom_components" / "victron_espnow")
        patch.syspath_prepend(FIRMWARE)  # in front: the integration has a module `node`, too
        for one in ("node", "protocol"):
            patch.delitem(sys.modules, one, raising=False)
        before = set(sys.modules)
        common = table(FIRMWARE / "node" / "option_table.py")
        found = {
            role: common | table(FIRMWARE / role / "option_table.py")
            for role in ("display", "sensor")
        }
        for one in set(sys.modules) - before:
            del sys.modules[one]
    return found


def table(path: Path) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location(f"documented_{path.parent.name}", path)
    assert spec
    assert spec.loader
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.TABLE


def text(name: str) -> str:
    return (PROJECT / "docs" / name).read_text("utf-8")


def section(page: str, heading: str) -> str:
    return page.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading."""
    lines = [line for line in section(page, heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_options_of_the_screen_are_those_of_the_firmware(tables: dict[str, dict[str, Any]]):
    options = tables["display"]
    described = rows(text("display.md"), "Options")
    assert described
    for names, default, _ in described:
        (name,) = _NAME.findall(names)
        assert str(options[name][0]) == default, name
    all_of_them = set(_NAME.findall(section(text("display.md"), "Options")))
    of_the_screen = {"brightness", "page_seconds", "saver_minutes", "oled_offset"}
    of_the_screen |= {name for name in options if name.startswith("night_")}
    assert of_the_screen <= all_of_them
    assert all_of_them - {"set"} <= options.keys()


def test_hours_in_brackets_are_the_defaults(tables: dict[str, dict[str, Any]]):
    page = section(text("display.md"), "Options")
    for name in ("night_from", "night_to"):
        (default,) = re.findall(rf"`{name}` \((\d+)\)", page)
        assert tables["display"][name][0] == int(default)


def test_limits_in_the_text_are_those_that_are_checked(tables: dict[str, dict[str, Any]]):
    """`name` (lowest–highest …) in the protocol's page: both ends are taken, one further is not."""
    page = text("protocol.md")
    found = re.findall(r"`([a-z_]+)`\s+\((\d+)–(\d+)", page)
    assert {name for name, _, _ in found} >= {"channel", "brightness", "scan_duty"}
    for name, lowest, highest in found:
        _, check, _ = (tables["display"] | tables["sensor"])[name]
        assert check(int(lowest)), name
        assert check(int(highest)), name
        assert not check(int(lowest) - 1), name
        assert not check(int(highest) + 1), name


@pytest.mark.parametrize("role", ["display", "sensor"])
def test_every_option_is_named_in_the_protocol(tables: dict[str, dict[str, Any]], role: str):
    named = set(_NAME.findall(text("protocol.md")))
    assert {name for name in tables[role] if name not in named} == set()


def test_secret_options_are_said_to_be_secret(tables: dict[str, dict[str, Any]]):
    page = text("protocol.md")
    for name, (_, _, secret) in tables["display"].items():
        assert bool(re.search(rf"`{name}` \(secret\)", page)) is secret, name
