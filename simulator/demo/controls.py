"""Switches for what goes wrong in real life, on a small page of the demo's own: a visitor may play."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from ..node import Node
from ..replay import Device
from ..world import World

PAGE = Path(__file__).with_name("controls.html")
LOSS = 0.6
CHANNELS = (6, 11, 1)


@dataclass
class Switch:
    """One of them: what stands on it, what turning it does; None for a push-button's state."""

    name: str
    title: str
    about: str
    turn: Callable[[bool], Awaitable[None]]
    on: bool | None = False


class Controls:
    """The switches and the page that has them; on loopback, at an address that nobody can guess."""

    def __init__(self, world: World, sensor: Node, display: Node, phone: Device) -> None:
        self._world, self._sensor, self._display, self._phone = world, sensor, display, phone
        self._turning = asyncio.Lock()
        self._channel = 0
        self._runner: web.AppRunner | None = None
        switches = [
            Switch("loss", "Lose frames", f"{LOSS:.0%} of the radio frames", self._lose),
            Switch(
                "channel", "Move the channel", "the sensor node has to find it", self._move, None
            ),
            Switch(
                "phone",
                "Connect a phone",
                f"{phone.name} falls silent; told within two minutes",
                self._connect,
            ),
            Switch(
                "sensor",
                "Switch the sensor node off",
                "nobody listens; told within two minutes",
                self._switch_off,
            ),
            Switch("unplug", "Unplug the display node", "USB and power", self._unplug),
            Switch(
                "alarm",
                "Ring an alarm",
                "ten seconds, on the OLED and the node's page",
                self._ring,
                None,
            ),
        ]
        self._switches = {one.name: one for one in switches}
        self.url = ""

    async def start(self) -> None:
        """Serve the page."""
        path = "/" + secrets.token_urlsafe(12)
        app = web.Application()
        app.add_routes(
            [
                web.get(path + "/", self._page),
                web.get(path + "/state", self._state),
                web.post(path + "/{name}", self._turn),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}{path}/"

    async def stop(self) -> None:
        """End it."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=PAGE.read_text("utf-8"), content_type="text/html")

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(
            [
                {"name": one.name, "title": one.title, "about": one.about, "on": one.on}
                for one in self._switches.values()
            ]
        )

    async def _turn(self, request: web.Request) -> web.Response:
        switch = self._switches.get(request.match_info["name"])
        if switch is None:
            raise web.HTTPNotFound
        async with self._turning:
            on = not switch.on
            await switch.turn(on)
            if switch.on is not None:
                switch.on = on
        return await self._state(request)

    async def _lose(self, on: bool) -> None:
        self._world.air.conditions.loss = LOSS if on else 0.0

    async def _move(self, _on: bool) -> None:
        self._channel = (self._channel + 1) % len(CHANNELS)
        await self._command("set", channel=CHANNELS[self._channel])

    async def _connect(self, on: bool) -> None:
        self._phone.silent = on

    async def _switch_off(self, on: bool) -> None:
        if on:
            self._sensor.lose_power()
        else:
            self._sensor.give_power()

    async def _unplug(self, on: bool) -> None:
        if on:
            self._display.unplug()
        else:
            self._display.plug()

    async def _ring(self, _on: bool) -> None:
        await self._command("alarm_test", severity="critical")

    async def _command(self, name: str, **arguments: object) -> None:
        """Tell the display node, if it is there to be told."""
        if not self._switches["unplug"].on:
            await self._display.command(name, 5, **arguments)
