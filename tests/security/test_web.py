"""The display node's page on the firmware as it is flashed: it can be read, and that is all."""

import itertools
from collections.abc import AsyncIterator

import pytest

from simulator import Node, World
from simulator.provision import provision, push_key

from . import asking

# On the board beside what is served, or where it might be looked for.
FILES = ("config.json", "keys.json", "options.json", "access_point.json", "limits.json", "orders.json",
         "main.py", "boot.py", "page.html.gz", "display/main.mpy")  # fmt: skip
ROUNDABOUT = ("/", "/../", "/./", "//", "/%2e%2e/", "/..%2f", "/..\\", "/words/../", "/words/", "/words/en/../",
              "/api/", "/api/../", "/api/state/", "/icon.png/../", "/?/../", "/\x00", "/flash/", "/_app/")  # fmt: skip
METHODS = (
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "CONNECT",
    "TRACE",
    "PROPFIND",
    "get",
    "HEAD\x00",
)
BODY = b'{"wifi_mode":"off","brightness":1}'


@pytest.fixture
async def display() -> AsyncIterator[Node]:
    async with World(seed=5) as world:
        node = await world.start_node("display", tcp=None)
        await provision(node, "display")
        await push_key(node, bytes.fromhex("C00000A1A202"), bytes(range(16)), "Shunt")
        await node.command("set", wifi_mode="ap", wifi_password="long enough")
        await world.until(lambda: node.serves_page, 10)
        yield node


async def ask(node: Node, request: bytes) -> tuple[int, str]:
    """Return status and head of the answer to these bytes."""
    head = (await asking.ask(node, request)).partition(b"\r\n\r\n")[0].decode()
    return int(head.split(" ")[1]), head


async def get(node: Node, path: str, host: str = "192.168.4.1") -> tuple[int, str]:
    return await ask(node, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())


async def test_no_way_leads_to_a_file_that_is_not_meant_for_it(display: Node):
    found = {}
    for way, file in itertools.product(ROUNDABOUT, FILES):
        found[way + file] = (await get(display, way + file))[0]
    assert set(found.values()) <= {400, 404, 200}
    # What follows a question mark is no part of the path.
    assert {path for path, status in found.items() if status == 200} == {
        path for path in found if path.startswith("/?")
    }
    assert (await get(display, "/"))[0] == 200


async def test_nothing_can_be_changed(display: Node):
    before = await everything(display)
    for method, path in itertools.product(METHODS, ("/", "/api/state", "/api/options")):
        head = f"{method} {path} HTTP/1.1\r\nHost: 192.168.4.1\r\n"
        assert (await ask(display, f"{head}\r\n".encode()))[0] in (400, 405), method
        with_body = f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
        assert (await ask(display, with_body))[0] in (400, 405, 413), method
    assert (await get(display, "/api/state?brightness=1&wifi_mode=off"))[0] == 200
    assert await everything(display) == before


async def everything(node: Node) -> list[object]:
    """What a host can see that is set."""
    pages = [await node.command("options"), await node.command("options", after="pin_buzzer")]
    return [*pages, await node.command("devices"), node.chip.content]


async def test_what_an_answer_says_to_the_browser(display: Node):
    for path in ("/", "/words/de", "/manifest.json", "/icon.png", "/api/state", "/nothing"):
        status, head = await get(display, path)
        assert "\r\nX-Content-Type-Options: nosniff" in head
        lines = {line.split(":")[0].lower() for line in head.split("\r\n")[1:]}
        # Nobody else's page may read it, nobody is remembered, and nothing is told of the software.
        assert not lines & {"access-control-allow-origin", "set-cookie", "server", "location"}, path
        assert status == (404 if path == "/nothing" else 200)


async def test_a_name_of_somebody_elses_that_points_here_gets_nothing(display: Node):
    for host in (
        "evil.example",
        "192.168.4.1.evil.example",
        "evil.example:80",
        "localhost.evil.example",
    ):
        for path in ("/", "/api/state"):
            assert (await get(display, path, host))[0] == 421, host
