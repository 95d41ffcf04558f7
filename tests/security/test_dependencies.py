"""What is not ours is named, in one version, with its hash; and it is audited."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
REQUIREMENTS = PROJECT / "requirements"
LOCKS = sorted(one.name for one in REQUIREMENTS.glob("*.txt") if one.with_suffix(".in").exists())
INTEGRATION = PROJECT / "custom_components" / "victron_espnow"
# What comes with every Home Assistant that `hacs.json` lets in.
BROUGHT = {
    "homeassistant",
    "probatio",
    "serialx",
    "cryptography",
    "cryptolib",
    "victron_ble",
    "aiohttp",
}
# MicroPython's own modules.
ON_BOARD = {"aioespnow", "bluetooth", "cryptolib", "esp", "esp32", "espnow", "framebuf", "machine",
            "micropython", "network", "uctypes", "ubinascii"}  # fmt: skip


def imported(path: Path) -> set[str]:
    """The first names of the modules that a file imports from elsewhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_integration_asks_for_one_package_in_one_version_that_is_locked_with_a_hash():
    (wanted,) = json.loads((INTEGRATION / "manifest.json").read_text())["requirements"]
    assert re.fullmatch(r"victron-ble==[\d.]+", wanted)
    for lock in ("dev.txt", "home-assistant-2026.10.txt", "home-assistant-2026.11.txt"):
        text = (REQUIREMENTS / lock).read_text()
        assert re.search(rf"(?m)^{re.escape(wanted)} \\\n    --hash=sha256:", text), lock


def test_the_integration_imports_nothing_but_what_home_assistant_brings():
    found = {name for path in INTEGRATION.rglob("*.py") for name in imported(path)}
    assert found - sys.stdlib_module_names <= BROUGHT


def test_a_board_runs_nothing_that_is_not_ours_or_micropythons():
    ours = {"node", "sensor", "display", "protocol"}
    files = [
        path
        for folder in ("boot", *ours - {"protocol"})
        for path in (PROJECT / "firmware" / folder).rglob("*.py")
    ]
    found = {name for path in files for name in imported(path)}
    assert found - sys.stdlib_module_names - ON_BOARD <= ours


@pytest.mark.parametrize("lock", LOCKS)
def test_every_lock_is_audited(lock: str):
    workflow = (PROJECT / ".github" / "workflows" / "audit.yml").read_text()
    assert f"requirements/{lock}" in workflow
