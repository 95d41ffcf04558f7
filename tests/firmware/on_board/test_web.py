"""The node's own page: what is answered, and what nobody gets away with."""

import asyncio
import gc
import json
import os
import random
import sys

import protocol.instant_readout  # noqa: F401  from the bottom up, as a node does it: imports take stack

# isort: split
import display.face  # noqa: F401
from display import web, web_request
from display.alarms import Alarms
from display.keys import Keys
from display.registry import Registry
from node.pulse import Pulse

PAGE = b"\x1f\x8b" + bytes(range(256)) * 12 + b"12345678"
HEAD = "GET {} HTTP/1.1\r\nHost: 192.168.4.1\r\nUser-Agent: test\r\n\r\n"


class Log:
    """Keeps what went wrong."""

    def __init__(self):
        self.faults = []

    def fault(self, where, error):
        self.faults.append((where, error))


class Uptime:
    def seconds(self):
        return 4711


class Console:
    heard = None


class App:
    name = 'Küche "#1"'
    console = Console()
    uptime = Uptime()

    def __init__(self):
        self.refusals = []
        self.log = Log()


class Watch:
    def __init__(self):
        self.alarms = Alarms()


class Node:
    relay = None

    def __init__(self):
        self.app = App()
        self.registry = Registry()
        self.keys = Keys()
        self.watch = Watch()


class Served:
    """A page that is served for as long as the block lasts."""

    def __init__(self):
        self.node = Node()
        self.wanted = True
        with open("page.html.gz", "wb") as file:
            file.write(PAGE)
        sys.path.append(os.getcwd())
        web.PORT = 20_000 + int.from_bytes(os.urandom(2), "little") % 40_000
        web.LOOK_MS = 5
        self.web = web.Web(self.node)

    async def __aenter__(self):
        self.task = asyncio.create_task(self.web.run(Pulse("web"), lambda: self.wanted))
        await asyncio.sleep_ms(20)
        return self

    async def __aexit__(self, *_exception):
        self.wanted = False
        await self.task
        assert self.node.app.log.faults == [], self.node.app.log.faults

    @property
    def refused(self):
        return self.web.refused.counts

    async def connect(self):
        return (await asyncio.open_connection("127.0.0.1", web.PORT))[0]

    async def fill(self):
        """Return as many connections as there may be."""
        found = []
        for _ in range(web.MOST_VISITS):
            found.append(await self.connect())  # MicroPython has no await in brackets
        return found

    async def ask(self, request):
        """Return (status, headers, body) of the answer to these bytes."""
        stream = await self.connect()
        try:
            stream.write(request.encode() if isinstance(request, str) else request)
            await stream.drain()
            return answer(await stream.read(-1))
        finally:
            await stream.wait_closed()

    async def get(self, path, **headers):
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        return await self.ask(f"GET {path} HTTP/1.1\r\n{lines}\r\n")


def answer(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict([line.split(": ", 1) for line in lines[1:]])
    return int((lines[0].split(" ") + ["0", "0"])[1] or 0), headers, body


async def gone(stream, within_ms=300):
    """Tell whether the node has closed a connection."""
    try:
        return not await asyncio.wait_for_ms(stream.read(1), within_ms)
    except asyncio.TimeoutError:
        return False
    except OSError:
        return True


async def test_the_page_comes_as_it_is_in_flash():
    async with Served() as served:
        status, headers, body = await served.ask(HEAD.format("/?from=phone"))
        assert (status, body) == (200, PAGE)
        assert headers["Content-Length"] == str(len(PAGE))
        assert headers["Content-Encoding"] == "gzip"
        assert headers["Content-Type"].startswith("text/html")


async def test_what_a_browser_has_already_is_not_sent_again():
    async with Served() as served:
        _, headers, _ = await served.get("/")
        again = {"If-None-Match": headers["ETag"]}
        status, headers, body = await served.get("/", **again)
        assert (status, body) == (304, b"")
        assert headers["ETag"] == again["If-None-Match"]
        with open("page.html.gz", "wb") as file:
            file.write(PAGE[:-1] + b"9")
        assert (await served.get("/", **again))[0] == 200


async def test_head_has_the_same_head_and_nothing_behind_it():
    async with Served() as served:
        for path in ("/", "/api/state"):
            asked = await served.get(path)
            status, headers, body = await served.ask(f"HEAD {path} HTTP/1.1\r\n\r\n")
            assert (status, headers, body) == (200, asked[1], b"")


async def test_nothing_else_is_there():
    async with Served() as served:
        for path in (
            "/keys.json",
            "/../keys.json",
            "/page.html.gz",
            "//",
            "/words/",
            "/words/../k",
            "/words/xx",
        ):
            assert (await served.get(path))[0] == 404, path


async def test_nobody_changes_anything():
    async with Served() as served:
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get"):
            status, headers, _ = await served.ask(f"{method} /api/state HTTP/1.1\r\n\r\n")
            assert (status, headers["Allow"]) == (405, "GET, HEAD")


async def test_a_body_is_not_taken():
    async with Served() as served:
        assert (await served.get("/", **{"Content-Length": "1"}))[0] == 413
        assert (await served.get("/", **{"Content-Length": "0"}))[0] == 200
        assert (await served.get("/", **{"Transfer-Encoding": "chunked"}))[0] == 413


async def test_a_request_line_has_an_end():
    async with Served() as served:
        longest = web_request.MOST_LINE - len("GET / HTTP/1.1")
        assert (await served.get("/" + "a" * longest))[0] == 404
        assert (await served.get("/" + "a" * (longest + 1)))[0] == 414
        assert (await served.ask("GET /" + "a" * 1000))[0] == 414  # without waiting for the rest


async def test_headers_have_an_end():
    async with Served() as served:
        many = {f"X-{number}": "a" * 90 for number in range(60)}
        assert (await served.get("/", **many))[0] == 431
        stream = await served.connect()
        stream.write(b"GET / HTTP/1.1\r\nCookie: " + b"a" * web_request.MOST_HEAD)
        await stream.drain()
        assert answer(await stream.read(-1))[0] == 431


async def test_a_long_header_that_means_nothing_to_us_takes_no_room():
    async with Served() as served:
        await served.get("/")
        gc.collect()
        before = gc.mem_alloc()
        stream = await served.connect()
        stream.write(b"GET / HTTP/1.1\r\nCookie: " + b"a" * 3000)
        await stream.drain()
        await asyncio.sleep_ms(30)
        gc.collect()
        assert gc.mem_alloc() - before < 2000
        stream.write(b"\r\n\r\n")
        await stream.drain()
        assert answer(await stream.read(-1))[0] == 200


async def test_only_so_many_are_let_in():
    web.CROWDED_MS = 100_000
    async with Served() as served:
        inside = await served.fill()
        await asyncio.sleep_ms(20)
        assert await gone(await served.connect())
        assert served.refused == {"web_crowded": 1}
        inside[0].write(HEAD.format("/").encode())
        await inside[0].drain()
        assert answer(await inside[0].read(-1))[0] == 200
        assert (await served.get("/"))[0] == 200


async def test_whoever_is_slow_gives_way_when_it_is_crowded():
    web.CROWDED_MS = 10
    async with Served() as served:
        inside = await served.fill()
        await asyncio.sleep_ms(30)
        assert (await served.get("/"))[0] == 200
        assert await gone(inside[0])
        assert not await gone(inside[1])


async def test_nobody_stays_for_ever():
    web.VISIT_MS = 500
    async with Served() as served:
        asking = await served.connect()
        reading = await served.connect()
        asking.write(b"GET / HTT")
        await asking.drain()
        assert not await gone(asking, 10)
        assert await gone(asking, 5000)
        assert await gone(reading, 5000)
        assert served.refused["web_slow"] == 2


async def test_a_page_elsewhere_cannot_have_its_own_name_point_here():
    async with Served() as served:
        for host, status in (
            ("192.168.4.1", 200),
            ("192.168.4.1:80", 200),
            ("victron.local", 200),
            ("victron", 200),
            ("evil.example", 421),
            ("192.168.4.1.evil.example", 421),
            ("evil.example:80", 421),
        ):
            assert (await served.get("/api/state", Host=host))[0] == status, host
        headers = (await served.get("/api/state"))[1]
        assert not [name for name in headers if name.lower().startswith("access-control")]


async def test_what_is_no_request_is_named_as_such():
    async with Served() as served:
        for raw in (
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET / HTTP/2.0\r\n\r\n",
            b"GET http://192.168.4.1/ HTTP/1.1\r\n\r\n",
            b"GET / / HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\n\n",
            b"GET /\xff\xfe HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
            b"GET / HTTP/1.1\r\n: nameless\r\n\r\n",
        ):
            assert (await served.ask(raw))[0] == 400, raw


async def test_a_hundred_broken_requests_leave_the_heap_as_it_was():
    random.seed(7)
    whole = HEAD.format("/api/state").encode()
    async with Served() as served:
        await served.get("/")
        for _ in range(3):
            served.web._answers = None
            gc.collect()
            before = gc.mem_alloc()
            for _ in range(100):
                await served.ask(broken(whole))
        served.web._answers = None
        gc.collect()
        assert gc.mem_alloc() - before < 512, gc.mem_alloc() - before
        assert (await served.get("/"))[0] == 200


def broken(whole):
    """Return a request with a few bytes changed, cut or doubled, and an end, so that it is answered."""
    data = bytearray(whole)
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(data))
        what = random.randrange(3)
        if what == 0:
            data[at] = random.randrange(256)
        elif what == 1:
            del_to = min(len(data), at + random.randrange(1, 9))
            data = data[:at] + data[del_to:]
        else:
            data = data[:at] + data[max(0, at - 20) : at] + data[at:]
    return bytes(data) + b"\r\n\r\n"


async def test_what_answers_is_only_there_while_somebody_asks():
    web.IDLE_MS = 50
    async with Served() as served:
        assert "display.web_answers" not in sys.modules
        await served.get("/api/state")
        assert served.web._answers
        await asyncio.sleep_ms(100)
        assert served.web._answers is None
        assert not [name for name in sys.modules if name.startswith("display.web_")][1:]


async def test_without_wifi_nobody_is_served():
    async with Served() as served:
        assert served.web.refused in served.node.app.refusals
        waiting = await served.connect()
        served.wanted = False
        await asyncio.sleep_ms(30)
        assert await gone(waiting)
        assert served.node.app.refusals == []
        assert await gone(await served.connect())


async def test_a_node_that_nobody_has_set_up_says_so():
    async with Served() as served:
        state = json.loads((await served.get("/api/state"))[2])
        assert state["provisioned"] is False
        assert (state["devices"], state["nodes"], state["alarms"]) == ([], [], [])
        assert state["name"] == App.name
        assert state["host_s"] is None
        assert state["uptime_s"] == 4711
