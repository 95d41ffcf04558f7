"""The locks: complete, and the same wherever packages come from."""

import re

import pytest

from toolchain.cache import REQUIREMENTS
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
