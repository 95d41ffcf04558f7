"""The hello: what a node says of itself."""

from dataclasses import dataclass
from typing import Any

from .protocol import serial_line
from .protocol.keys import format_mac, parse_mac


@dataclass(frozen=True)
class Hello:
    """What a node says of itself."""

    role: str
    mac: str
    name: str
    provisioned: bool
    data: dict[str, Any]


def parse_hello(payload: str) -> Hello:
    """Read a hello; an unusable one is a ProtocolError like any other bad line."""
    data = serial_line.parse_json(payload)
    return Hello(
        role=str(data.get("role")),
        mac=format_mac(parse_mac(str(data.get("mac")))),
        name=str(data.get("name") or ""),
        provisioned=data.get("provisioned") is not False,
        data=data,
    )
