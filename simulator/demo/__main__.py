"""Start the whole system without hardware; `scripts/demo` brings what this needs and runs it."""

import argparse
import asyncio
import contextlib
import json
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from simulator import protocol_route, scenario
from simulator.node import NodeError
from simulator.provision import provision
from simulator.replay import Device, Now, ReplaySource
from simulator.scenario import ScenarioError
from simulator.world import World

from . import dashboard
from .controls import Controls
from .entities import Comparison, State, compare, sensors_only
from .home_assistant import HomeAssistant, HomeAssistantError
from .progress import say, step

DOMAIN = "victron_espnow"
PORT = 8123
SCENARIOS = ("trailer", "day")  # whose every field Home Assistant shows
PERIOD_SECONDS = 10
NODES = ("sensor", "display")  # the display node last: its serial port is the one
# A new reading is there within two seconds; the first needs the nodes to find each other.
SETTLE_SECONDS = 30
FLOWS = "/api/config/config_entries/flow"
OPTIONS_FLOWS = "/api/config/config_entries/options/flow"
PACE = {"next_step_id": "pace"}
EVERY_CHANGE = {"power_every_s": 0, "others_every_s": 0}
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"


class DemoError(Exception):
    """The demo cannot go on; the text says what to do."""


class Demo:
    """The world with its two nodes, and a Home Assistant that knows them."""

    def __init__(self, folder: Path, hass: str, port: int, scenario_name: str) -> None:
        self.world = World()
        # a reading lasts long enough to be compared with what Home Assistant shows of it
        self.scenario = scenario.read(scenario_name, period_s=PERIOD_SECONDS)
        self.source: ReplaySource = self.scenario.source
        self.home = HomeAssistant(hass, folder, port)
        self.folder = folder
        self.oled = dashboard.prepare(folder)
        self._hello: dict[str, Any] = {}
        self._serial = ""
        self._entry = ""
        self.controls: Controls | None = None

    async def start(self) -> None:
        """Bring up nodes and Home Assistant side by side, then introduce them."""
        await self.connect()
        for device in self.source.devices:
            await self.add(device)

    async def connect(self) -> None:
        """Bring up nodes and Home Assistant, and make the display node known."""
        await asyncio.gather(self._start_nodes(), self._start_home())
        await self._introduce()

    async def stop(self) -> None:
        """End everything that was started."""
        if self.controls is not None:
            await self.controls.stop()
        await self.home.stop()
        await self.world.stop()

    async def _start_nodes(self) -> None:
        self.scenario.prepare(self.world)
        for role in NODES:
            node = await self.world.start_node(role)
            await provision(node, role, name=f"Trailer {role}")
        await node.command("hello")  # type: ignore[possibly-undefined]
        payload = (await node.wait_line("hello")).payload
        self._hello = protocol_route.module("serial_payloads").parse_json(payload)
        self._serial = node.serial_url
        self.scenario.begin(self.world)
        say(f"Nodes             sensor and display node run, serial port {self._serial}")

    async def _start_home(self) -> None:
        # its byte code is compiled at the first start
        with step("Home Assistant", "starting (the first time takes up to half a minute)") as now:
            await self.home.start()
            await self.home.sign_in()
            now.result = f"serves {self.home.url}"

    async def _introduce(self) -> None:
        """Go through the set-up that a user sees: the port, then the options."""
        answers = [{"device": self._serial}, {"push_keys": True}]
        entry = await self.home.run_flow(FLOWS, DOMAIN, answers)
        self._entry = entry["entry_id"]
        # Home Assistant follows every change, so that it can be compared at any moment.
        await self.home.run_flow(OPTIONS_FLOWS, self._entry, [PACE, EVERY_CHANGE])

    async def add(self, device: Device) -> None:
        """Add a device as a user does who pastes address and key."""
        assert device.key is not None
        pasted = {"paste": f"{device.address.hex(':')} {device.key.hex()}"}
        answers = [pasted, {"name": device.name}]
        await self.home.run_flow(SUBENTRY_FLOWS, [self._entry, "device"], answers)
        say(f"Device            {device.name} added, its key fits")

    async def states(self) -> dict[str, dict[str, State]]:
        """Return the states of each device's entities, by device name and entity key."""
        entities, devices, states = await self.home.ask(
            {"type": "config/entity_registry/list"},
            {"type": "config/device_registry/list"},
            {"type": "get_states"},
        )
        by_id = {state["entity_id"]: state for state in states}
        names = {device["id"]: device["name"] for device in devices}
        found: dict[str, dict[str, State]] = defaultdict(dict)
        for entity in entities:
            if entity["platform"] != DOMAIN or entity["entity_id"] not in by_id:
                continue
            if not sensors_only(entity["entity_id"]):
                continue
            key = entity["unique_id"].split("_", 1)[1]
            found[names[entity["device_id"]]][key] = by_id[entity["entity_id"]]
        return found

    async def compare(self) -> Comparison:
        """Compare all devices once."""
        before = self._audible()
        states = await self.states()
        total = Comparison()
        for now in before.values():
            assert now.key is not None
            one = compare(now.md, now.key, states.get(now.name, {}), now.name)
            total.entities += one.entities
            total.wrong += one.wrong
        return total

    def _audible(self) -> dict[bytes, Now]:
        """Return what is on the air: a charger without mains says nothing."""
        silent = {device.address for device in self.source.devices if device.silent}
        return {address: now for address, now in self.source.now().items() if address not in silent}

    async def settle(self) -> Comparison:
        """Compare until everything is right, or long enough."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            result = await self.compare()
            if (result.entities and not result.wrong) or time.monotonic() > deadline:
                return result
            await asyncio.sleep(0.5)

    async def payloads_changed(self) -> None:
        """Wait until every device has gone on to its next payload."""
        before = {address: now.payload for address, now in self._audible().items()}
        deadline = time.monotonic() + 2 * SETTLE_SECONDS
        while time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            now = self._audible()
            if all(address not in now or now[address].payload != payload
                   for address, payload in before.items()):  # fmt: skip
                return

    async def versions(self) -> dict[str, str]:
        """Return what this was measured with."""
        (config,) = await self.home.ask({"type": "get_config"})
        return {
            "home_assistant": config["version"],
            "micropython": self._hello["mp"],
            "firmware": self._hello["fw"],
            "python": sys.version.split()[0],
        }

    async def make_dashboard(self) -> None:
        """Put the screen and every entity on one page."""
        states = await self.states()
        found = {
            device.name: {key: state["entity_id"] for key, state in states[device.name].items()}
            for device in self.source.devices
        }
        assert self.controls is not None
        page = self.world.nodes[1].web_url
        await self.home.ask(*dashboard.commands(found, page, self.controls.url))

    async def open_faces(self) -> None:
        """Have the display node serve its page, and offer switches for what goes wrong in real life."""
        sensor, display = self.world.nodes
        await display.command("set", wifi_mode="ap")
        await self.world.until(lambda: display.serves_page, 20)
        battery = next(one for one in self.source.devices if one.name in ("SmartShunt", "BMV-712"))
        self.controls = Controls(self.world, sensor, display, battery)
        await self.controls.start()

    async def show_screen(self) -> None:
        """Keep a picture of the display in a file, for ever."""
        display = self.world.nodes[1]
        while True:
            draft = self.oled.with_suffix(".new.png")
            await asyncio.to_thread(display.oled.png, draft)
            draft.replace(self.oled)  # nobody ever sees half a picture
            await asyncio.sleep(1)


def check_port(port: int) -> int:
    """Return the port, or a free one for 0; raise DemoError if somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise DemoError(f"port {port} is for root only; choose one above 1023") from error
        except OSError as error:
            raise DemoError(
                f"port {port} is in use (another Home Assistant?); choose one with --port, 0 = any"
            ) from error
        return int(probe.getsockname()[1])


async def show(demo: Demo) -> int:
    """The demo for people: start, say where to look, go on until Ctrl-C."""
    await demo.start()
    with step("Readings", "on their way to Home Assistant") as now:
        result = await demo.settle()
        now.result = f"{result.entities} entities show what is on the air"
    if result.wrong:
        say("Not everything has arrived: " + "; ".join(result.wrong))
    with step("Dashboard", "making it"):
        await demo.open_faces()
        await demo.make_dashboard()
    say("")
    say(f"    {demo.home.url}/{dashboard.URL_PATH}")
    say(f"    user {demo.home.user}, password {demo.home.password}")
    say("")
    say("It changes every few seconds; switches below the node's screen let things go wrong.")
    say(f"The display node's own page: {demo.world.nodes[1].web_url}")
    say("How it is set up: Settings > Devices & services > Victron ESP-NOW.")
    say("Ctrl-C ends everything.")
    await demo.show_screen()
    return 0


async def check(demo: Demo) -> int:
    """The demo for machines: start, compare two rounds of payloads, print one JSON object."""
    started = time.monotonic()
    await demo.start()
    first = await demo.settle()
    await demo.payloads_changed()
    second = await demo.settle()
    wrong = first.wrong + second.wrong
    summary: dict[str, Any] = {
        "entities": second.entities,
        "wrong": len(wrong),
        "seconds": round(time.monotonic() - started, 1),
        "versions": await demo.versions(),
    }
    for one in wrong:
        say(one)
    print(json.dumps(summary), flush=True)
    return 0 if second.entities and not wrong else 1


async def run(arguments: argparse.Namespace) -> int:
    """Run the demo in a folder of its own and leave nothing behind."""
    port = check_port(arguments.port)
    folder = Path(tempfile.mkdtemp(prefix="victron-espnow-demo-"))
    demo = Demo(folder, arguments.hass, port, arguments.scenario)
    task = asyncio.ensure_future(check(demo) if arguments.check else show(demo))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    failed = True
    try:
        code = await task
        failed = bool(code)
    except asyncio.CancelledError:
        failed = False
        code = 130
    finally:
        say("Ending ...")
        await demo.stop()
        say("All ended.")
        if failed:
            say(f"Home Assistant's log is kept: {demo.home.log}")
        else:
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
    return code


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--hass", required=True, help=argparse.SUPPRESS)
    parser.add_argument(
        "--check", action="store_true", help="compare everything, print one JSON summary and end"
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"Home Assistant's port, 0 = any ({PORT})"
    )
    parser.add_argument(
        "--scenario", default="trailer", choices=SCENARIOS, help="what is on the air"
    )
    try:
        return asyncio.run(run(parser.parse_args()))
    except (DemoError, HomeAssistantError, NodeError, ScenarioError) as error:
        say(f"Error: {error}.")
        return 1


if __name__ == "__main__":
    sys.exit(main())
