"""A run in which everything happens that has to do with keys, and all that it leaves behind, place by place."""

import asyncio
import contextlib
import io
import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE, MATCH_ALL
from homeassistant.setup import async_setup_component
from littlefs import LittleFS

from custom_components.victron_espnow.protocol import radio, serial_line
from custom_components.victron_espnow.protocol.errors import ProtocolError
from simulator.node import Node, NodeError
from tests.security.asking import ask

from .thread import Thread, address_of

SITE_KEY = Random("site key of this run").randbytes(16)
WIFI_PASSWORD = "Xylophone?Quartz#27"
WRONG_KEY = "00" * 16
PATHS = ("/", "/words/de", "/manifest.json", "/icon.png", "/api/state", "/favicon.ico", "/keys.json",
         "/config.json", "/options.json", "/access_point.json", "/../keys.json", "/%2e%2e/keys.json",
         "/words/..", "/api/keys", "/api/options")  # fmt: skip
TOLD = ("hello", "devices", "counters", "options", "log")
WEBSOCKET = ("get_states", "config_entries/get", "config/device_registry/list",
             "config/entity_registry/list", "repairs/list_issues", "get_services")  # fmt: skip

type Places = defaultdict[str, list[bytes]]


class LeakyRun(Thread):
    """Use `run`, then look at `places`."""

    def prepare(self, caplog: Any, storage: dict[str, Any], fetch: Any, websocket: Any) -> None:
        """Hear everything from the first byte on; `fetch` and `websocket` are Home Assistant's clients."""
        self.site_key, self.over_usb = SITE_KEY, True
        self.places: Places = defaultdict(list)
        self._storage, self._caplog = storage, caplog
        self._fetch, self._websocket = fetch, websocket
        self._misusing = False
        caplog.set_level(logging.DEBUG)
        self.hass.bus.async_listen(
            MATCH_ALL, lambda event: self.note("events", str(event.as_dict()))
        )
        self.world.sniff(lambda frame: self.note("air", frame.message))

    def note(self, place: str, what: object) -> None:
        """Keep what was seen somewhere."""
        self.places[place].append(what if isinstance(what, bytes) else str(what).encode())

    async def _board(self, role: str, paths: tuple[Path, ...]) -> Node:
        start_node = self.world.start_node

        async def start_and_listen(*args: Any, **options: Any) -> Node:
            node = await start_node(*args, **options)
            node.uart.listen(lambda data: self.note(f"{role}: serial line out", data))
            feed = node.uart.feed
            node.uart.feed = lambda data: (self._note_input(role, data), feed(data))[1]
            return node

        self.world.start_node = start_and_listen
        try:
            return await super()._board(role, paths)
        finally:
            self.world.start_node = start_node

    def _note_input(self, role: str, data: bytes) -> None:
        if self._misusing:
            return
        for raw in serial_line.LineReader().feed(data):
            command = "?"
            with contextlib.suppress(ProtocolError):
                command = serial_line.parse_command(serial_line.parse(raw).payload)[1]
            self.note(f"{role}: command {command}", raw)

    async def run(self) -> dict[str, bytes]:
        """Do everything; return the secrets of this run."""
        await self.start()
        assert await self.wrong() == []
        await self.go_on(4)
        await self._use_the_web_page()
        await self._use_dialogs()
        hub = self.entry.runtime_data
        life = hub.hello.data["boot"]
        self.display.reset()
        await self.world.until(lambda: hub.hello.data["boot"] != life, 10)
        assert await self.wrong() == []
        for node in (self.display, self.sensor):
            await self._misuse(node)
        await asyncio.gather(self._ask(self.display), self._ask(self.sensor))
        await self._ask_home_assistant()
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await self.hass.async_block_till_done()
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)
        self._look_at_files()
        self.note("log", self._caplog.text)
        return self._secrets()

    async def _use_dialogs(self) -> None:
        """Type a wrong key for a device, and the Wi-Fi's password."""
        flows = self.hass.config_entries.subentries
        subentry = next(iter(self.entry.subentries.values()))
        step = await flows.async_init(
            (self.entry.entry_id, "device"),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id},
        )
        self._note_form(step)
        typed = {"mac": subentry.unique_id, "key": WRONG_KEY}
        step = await flows.async_configure(step["flow_id"], typed)
        assert step["errors"] == {"key": "wrong_key"}, step
        self._note_form(step)
        flows.async_abort(step["flow_id"])
        wifi = {"mode": "station", "ssid": "Harbour", "password": WIFI_PASSWORD}
        await self._choose_wifi(wifi)
        await self._choose_wifi({"mode": "station", "ssid": "Harbour"})

    async def _choose_wifi(self, wifi: dict[str, str]) -> None:
        flow = self.hass.config_entries.options
        step = await flow.async_init(self.entry.entry_id)
        step = await flow.async_configure(step["flow_id"], {"next_step_id": "wifi"})
        self._note_form(step)
        await flow.async_configure(step["flow_id"], wifi)
        await self.hass.async_block_till_done()
        options = self.entry.runtime_data.settings.options
        await self.world.until(lambda: options.in_force.get("wifi_mode") == wifi["mode"], 10)

    def _note_form(self, step: dict[str, Any]) -> None:
        """Keep what the frontend is sent; what a person has just typed he knows."""
        fields = step["data_schema"].schema
        self.note(
            "dialogs", [(str(name), name.description, fields[name].serialize()) for name in fields]
        )
        self.note("dialogs", (step["description_placeholders"], step["errors"]))

    async def _use_the_web_page(self) -> None:
        await self._choose_wifi({"mode": "ap"})
        await self.world.until(lambda: self.display.serves_page, 10)
        for path in PATHS:
            for method in ("GET", "POST"):
                request = f"{method} {path} HTTP/1.1\r\nHost: victron.local\r\n\r\n".encode()
                answer = await ask(self.display, request)
                self.note("web page", answer)
                self.note("web page", answer.partition(b"\r\n\r\n")[2])

    async def _misuse(self, node: Node) -> None:
        """Give keys to commands that take none, or not like this: no complaint may repeat them."""
        self._misusing = True
        secret = self.vectors[0]["key_hex"] if node is self.display else self._node_key().hex()
        mac = address_of(9).hex()
        for name, arguments in (
            ("key", {"mac": mac, "key": secret[:-2]}),
            ("key", {"mac": secret, "key": secret}),
            ("key", {"mac": mac, "key": secret, "name": [secret]}),
            ("key", {"mac": mac, "key": [secret]}),
            ("key", {"mac": mac, "key": {"key": secret}}),
            ("keys", {"key": secret}),
            ("set", {"name": secret * 2}),
            ("set", {secret: 1}),
            ("set", {"wifi_password": [secret]}),
            ("set", {"wifi_mode": secret}),
            ("limits", {"mac": mac, "soc_low": secret}),
            ("acknowledge", {"mac": secret}),
            ("node", {"mac": secret}),
            ("log", {"from": secret}),
            ("provision", {"role": secret}),
            ("provision", {"role": node.name, "epoch": 1, "site_key": secret[:-1], "node_key": secret[:-1]}),
        ):  # fmt: skip
            with contextlib.suppress(NodeError):
                await node.command(name, **arguments)
        line = serial_line.encode_command(0, 1, "key", {"mac": mac, "key": secret})
        node.uart.feed(line[:-2] + b"x\n")
        node.uart.feed(secret.encode() + b"\n")
        self._misusing = False

    async def _ask(self, node: Node) -> None:
        """Have it tell all that it tells; the serial line is listened to already."""
        for name in TOLD:
            with contextlib.suppress(NodeError):  # a sensor node has no devices
                await node.command(name)
        start, end = 0, 1
        while start < end:
            page = await node.command("log", **{"from": start})
            start, end = page["next"], page["end"]
        await node.wait_line("health", 15)

    async def _ask_home_assistant(self) -> None:
        """Load diagnostics and whatever the frontend asks for."""
        for component in ("config", "repairs", "diagnostics"):
            assert await async_setup_component(self.hass, component, {})
        client = await self._fetch()
        entry = f"/api/diagnostics/config_entry/{self.entry.entry_id}"
        subentry_socket = await self._websocket(self.hass)
        devices = []
        for command in WEBSOCKET:
            await subentry_socket.send_json_auto_id({"type": command})
            answer = await subentry_socket.receive_json()
            self.note("websocket", json.dumps(answer))
            if command == "config/device_registry/list":
                devices = answer["result"]
        await subentry_socket.send_json_auto_id(
            {"type": "config_entries/subentries/list", "entry_id": self.entry.entry_id}
        )
        self.note("websocket", json.dumps(await subentry_socket.receive_json()))
        for url in (entry, *(f"{entry}/device/{one['id']}" for one in devices)):
            answer = await client.get(url)
            assert answer.status == 200
            self.note("diagnostics", await answer.read())

    def _look_at_files(self) -> None:
        for key, content in self._storage.items():
            self.note(f"storage: {key}", json.dumps(content))
        for path in Path(self.hass.config.config_dir).rglob("*"):
            if path.is_file():
                self.note("files of Home Assistant", path.read_bytes())
        for node, name in ((self.display, "display"), (self.sensor, "sensor")):
            self.note(f"{name}: whole flash chip", node.chip.content)
            for file, content in _files(node):
                self.note(f"{name}: {file}", content)
            self.note(f"{name}: NVS and RTC memory", node.nvs._file.read_bytes())
            self.note(f"{name}: NVS and RTC memory", node.rtc_memory)
            self.note(f"{name}: errors", node.errors)
        for path in self.world.folder.rglob("*"):
            if path.is_file() and path.name != "vfs.bin":
                self.note("other files of the run", path.read_bytes())

    def _node_key(self) -> bytes:
        return radio.node_key(SITE_KEY, self.sensor.mac)

    def _secrets(self) -> dict[str, bytes]:
        point = json.loads(self.places["display: access_point.json"][0])
        return {
            "site key": SITE_KEY,
            "node key": self._node_key(),
            **{f"key {at}": bytes.fromhex(one["key_hex"]) for at, one in enumerate(self.vectors)},
            "Wi-Fi password": WIFI_PASSWORD.encode(),
            "access point password": point["password"].encode(),
        }


def _files(node: Node) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a board by its name."""
    system = LittleFS(block_size=4096, block_count=512, mount=False)
    system.context.buffer = bytearray(node.chip.content)
    system.mount()
    for folder, _, names in system.walk("/"):
        for name in names:
            with io.BufferedReader(system.open(f"{folder}/{name}", "rb")) as file:
                yield name, file.read()
