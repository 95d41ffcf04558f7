"""The hello: what a node says of itself, and what is made of what it leaves out."""

from typing import Any

import pytest

from custom_components.victron_espnow.hello import Hello, parse_hello
from custom_components.victron_espnow.protocol.errors import ProtocolError
from custom_components.victron_espnow.protocol.serial_line import encode_json

PLAIN = {"role": "display", "mac": "246f28000001"}


def read(**more: Any) -> Hello:
    return parse_hello(encode_json({**PLAIN, **more}))


def test_what_a_node_says_is_kept() -> None:
    hello = read(name="Trailer", channel=6)
    assert (hello.role, hello.mac, hello.name) == ("display", "24:6F:28:00:00:01", "Trailer")
    assert hello.data["channel"] == 6


@pytest.mark.parametrize("name", [{}, {"name": None}, {"name": ""}])
def test_node_without_a_name_has_none(name: dict[str, Any]) -> None:
    assert read(**name).name == ""


@pytest.mark.parametrize(
    ("said", "provisioned"),
    [({"provisioned": True}, True), ({"provisioned": False}, False), ({}, True)],
)
def test_only_a_node_that_says_so_is_not_provisioned(
    said: dict[str, Any], provisioned: bool
) -> None:
    assert read(**said).provisioned is provisioned


@pytest.mark.parametrize("mac", [None, 17, "", "here", {}])
def test_hello_without_an_address_is_none(mac: object) -> None:
    with pytest.raises(ProtocolError):
        read(mac=mac)


def test_role_that_nobody_knows_is_no_display_node() -> None:
    assert read(role=None).role != "display"
    assert read(role=["display"]).role != "display"
