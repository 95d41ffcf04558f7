"""Provisioning: what a board is given, and what can be wrong with it afterwards."""

from pathlib import Path
from typing import Any

import pytest

from flashing.console import Refused
from flashing.errors import FlashError
from flashing.provision import provision
from flashing.site import Site, open_site

MAC = "240AC4112233"


class Node:
    """A console with a node behind it that can be told to misbehave."""

    def __init__(self, role: str = "sensor") -> None:
        self.hellos = [
            {"role": role, "mac": MAC, "boot": boot, "provisioned": boot > 1} for boot in (1, 2, 3)
        ]
        self.options: dict[str, Any] = {"name": "", "pin_led": -1}
        self.commands: list[str] = []
        self.refusal = ""

    def hello(self, _timeout: float, ask: bool = True, other_than: Any = None) -> dict[str, Any]:
        return self.hellos.pop(0)

    def command(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        self.commands.append(name)
        if name == self.refusal.split(":")[0]:
            raise Refused(name, self.refusal.split(":")[1])
        if name == "set":
            self.options.update(arguments)
        if name != "options":
            return {}
        # one at a time, as a node does whose options do not fit into one line
        left = sorted(one for one in self.options if one > arguments["after"])
        return {"options": {left[0]: self.options[left[0]]} if left else {}, "more": len(left) > 1}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return open_site(tmp_path / "site.json")


def test_the_site_file_knows_the_board_before_the_board_has_its_key(site: Site):
    node = Node()
    node.refusal = "provision:internal"
    with pytest.raises(Refused):
        provision(node, site, "sensor", "Locker", {})
    assert open_site(site.path).boards[MAC].name == "Locker"


def test_only_pins_that_differ_are_set(site: Site):
    node = Node("display")
    node.options.update({"pin_scl": 22, "pin_sda": 21})
    provision(node, site, "display", "Galley", {"pin_scl": 22, "pin_sda": 4})
    assert node.commands.count("set") == 1
    assert node.options["pin_sda"] == 4
    again = Node("display")
    again.options = node.options
    provision(again, site, "display", "Galley", {"pin_scl": 22, "pin_sda": 4})
    assert "set" not in again.commands


def test_a_node_whose_pins_changed_starts_again_since_they_are_used_from_then_on(site: Site):
    node = Node("display")
    assert provision(node, site, "display", "Galley", {"oled_offset": 2})["boot"] == 3
    assert node.commands[-2:] == ["set", "reboot"]
    same = Node("display")
    same.options = node.options
    assert provision(same, site, "display", "Galley", {"oled_offset": 2})["boot"] == 2
    assert "reboot" not in same.commands


def test_a_name_that_the_node_got_later_gives_way_to_the_new_one(site: Site):
    node = Node()
    node.options["name"] = "Former"
    provision(node, site, "sensor", "Locker", {})
    assert node.options["name"] == ""
    assert "reboot" not in node.commands


def test_a_board_of_the_other_role_is_not_given_keys(site: Site):
    node = Node("display")
    with pytest.raises(FlashError, match="is a display node, not a sensor node"):
        provision(node, site, "sensor", "Locker", {})
    assert node.commands == []
    assert site.boards == {}


def test_a_name_that_is_too_long_is_told_with_the_most(site: Site):
    node = Node()
    node.refusal = "provision:bad_name"
    with pytest.raises(FlashError, match="too long") as caught:
        provision(node, site, "sensor", "x" * 40, {})
    assert "32 bytes" in caught.value.advice


def test_a_board_that_comes_back_without_its_keys_is_noticed(site: Site):
    node = Node()
    node.hellos[1]["provisioned"] = False
    with pytest.raises(FlashError, match="without its keys"):
        provision(node, site, "sensor", "Locker", {})
