"""Switches for what goes wrong in real life, on a small page of the demo's own: a visitor may play."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from .. import protocol_route
from ..air import HEARD, NOISE
from ..node import Node, NodeError
from ..replay import Device
from ..world import World

PAGE = Path(__file__).with_name("controls.html")
LOSS = 0.6
CHANNELS = (6, 11, 1)
ALARM_S = 10  # the firmware's, for a test alarm
STALE_S = 65  # a minute, and Home Assistant looks every five seconds
NOTHING = "Nothing is wrong. Turn something on: this line says what happens, and where to look."


@dataclass
class Switch:
    """One of them: what stands on it, what turning it does, what is said of it; a push-button is neither on nor off."""

    name: str
    title: str
    about: str
    turn: Callable[[bool], Awaitable[None]]
    state: Callable[[], str]  # beside the switch: it may change every second
    says: Callable[[], str]  # what happens and where to look: read out when it changes
    on: bool | None = False
    at: float | None = None  # when it was turned
    again: float | None = None  # how long after that a reading came, where one was waited for


class Controls:
    """The switches and the page that has them; on loopback, at an address that nobody can guess."""

    def __init__(self, world: World, sensor: Node, display: Node, phone: Device) -> None:
        self._world, self._sensor, self._display, self._phone = world, sensor, display, phone
        self._turning = asyncio.Lock()
        self._channel = 0
        self._tries = (0, 0)  # lost ones and all, when frames began to get lost
        self._newest = 0.0  # when the display node had its newest reading
        self._last: Switch | None = None
        self._problem = ""
        self._runner: web.AppRunner | None = None
        self._switches = {one.name: one for one in self._all()}
        self.url = ""
        display.on_line(self._note)

    def _all(self) -> list[Switch]:
        name = self._phone.name
        return [
            Switch(
                "loss", "Lose frames", f"{LOSS:.0%} of what is sent by radio",
                self._lose, self._loss_state, self._loss_says,
            ),
            Switch(
                "channel", "Move the channel", "as a Wi-Fi router does",
                self._move, self._channel_state, self._channel_says, None,
            ),
            Switch(
                "phone", "Connect a phone", f"to the {name}, which then is silent",
                self._connect, lambda: self._since("phone", "silent"), self._phone_says,
            ),
            Switch(
                "sensor", "Switch the sensor node off", "nobody listens to the devices",
                self._switch_off, lambda: self._since("sensor", "off"), self._sensor_says,
            ),
            Switch(
                "unplug", "Unplug the display node", "USB and power",
                self._unplug, lambda: self._since("unplug", "unplugged"), self._unplug_says,
            ),
            Switch(
                "alarm", "Ring an alarm", "a test, for ten seconds",
                self._ring, self._alarm_state, self._alarm_says, None,
            ),
        ]  # fmt: skip

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
        switches = self._switches.values()
        shown = None if self._problem else self._last
        others = [one.title for one in switches if one.on and one is not shown]
        return web.json_response(
            {
                "now": self._problem or (shown.says() if shown else NOTHING),
                "also": f"Still on: {', '.join(others)}." if others else "",
                "switches": [
                    {
                        "name": one.name,
                        "title": one.title,
                        "about": one.about,
                        "on": one.on,
                        "state": one.state(),
                    }
                    for one in switches
                ],
            }
        )

    async def _turn(self, request: web.Request) -> web.Response:
        switch = self._switches.get(request.match_info["name"])
        if switch is None:
            raise web.HTTPNotFound
        async with self._turning:
            on = not switch.on
            self._problem = ""
            try:
                await switch.turn(on)
            except NodeError as error:
                reason, _, _ = str(error).partition("\n")  # behind it, all that the node has sent
                self._problem = f"That did not work: {reason.rstrip('.')}."
                return await self._state(request)
            if switch.on is not None:
                switch.on = on
            switch.at, switch.again = self._world.now, None
            self._last = switch
        return await self._state(request)

    def _note(self, line: Any) -> None:
        """Take a line of the display node: a reading may be the one that is waited for."""
        if line.kind != "adv":
            return
        self._newest = self._world.now
        last = self._last
        if last is None or last.at is None or last.again is not None or last.on:
            return
        mac = protocol_route.module("serial_payloads").parse_advert(line.payload)[0]
        if last.name == "phone" and mac != self._phone.address:
            return
        if last.name == "channel" and self._sensor.radio.channel != self._display.radio.channel:
            return
        last.again = self._newest - last.at

    # what is wrong, and what is said of it

    def _passed(self, name: str) -> float:
        """Return how long ago a switch was turned."""
        at = self._switches[name].at
        return 0.0 if at is None else self._world.now - at

    def _since(self, name: str, word: str) -> str:
        return f"{word} for {self._passed(name):.0f} s" if self._switches[name].on else "all well"

    def _came(self, name: str, waiting: str, came: str) -> str:
        """Say that a reading came, and after how long, or that it is waited for."""
        again = self._switches[name].again
        return waiting if again is None else f"{came} after {again:.1f} s."

    async def _lose(self, on: bool) -> None:
        self._tries = self._count_tries()
        self._world.air.conditions.loss = LOSS if on else 0.0

    def _count_tries(self) -> tuple[int, int]:
        attempts = self._world.air.attempts
        return attempts[NOISE], attempts[NOISE] + attempts[HEARD]

    def _loss_state(self) -> str:
        if not self._switches["loss"].on:
            return "all well"
        lost, tries = (
            now - then for now, then in zip(self._count_tries(), self._tries, strict=True)
        )
        age = self._world.now - self._newest
        return f"{lost} of {tries} tries lost; newest reading {age:.0f} s old"

    def _loss_says(self) -> str:
        if not self._switches["loss"].on:
            return "No frame gets lost any more."
        return (
            "Most tries to send a frame fail now. The nodes send each frame again until it has arrived: values and"
            " dots go on as before. That is what to see; the numbers below say what it takes."
        )

    async def _move(self, _on: bool) -> None:
        channel = CHANNELS[(self._channel + 1) % len(CHANNELS)]
        await self._command("set", channel=channel)
        self._channel = CHANNELS.index(channel)

    def _channel_state(self) -> str:
        if self._sensor.off or self._display.off:
            return "one of the nodes has no power"
        sensor, display = self._sensor.radio.channel, self._display.radio.channel
        return f"channel {display}" if sensor == display else f"channel {display}, searching …"

    def _channel_says(self) -> str:
        channel = CHANNELS[self._channel]
        waiting = "It misses the receipts and searches all channels."
        if self._switches["sensor"].on:
            waiting = "That one is switched off: it will search when it is on again."
        return self._came(
            "channel",
            f"The display node moved to channel {channel} without telling the sensor node. {waiting}",
            f"The display node moved to channel {channel}. The sensor node found it there: the next reading came",
        )

    async def _connect(self, on: bool) -> None:
        self._phone.silent = on

    def _phone_says(self) -> str:
        name = self._phone.name
        if self._switches["phone"].on:
            says = "says “no signal from the device” in place of a value. The others go on."
            silent = f"{name} sends nothing while a phone is connected to it."
            if self._passed("phone") > STALE_S:
                return f"{silent} Its tile {says}"
            return f"{silent} In about a minute its tile {says}"
        return self._came(
            "phone",
            f"The phone is gone. Waiting for {name} …",
            f"The phone is gone: {name} was heard again",
        )

    async def _switch_off(self, on: bool) -> None:
        if on:
            self._sensor.lose_power()
        else:
            self._sensor.give_power()

    def _sensor_says(self) -> str:
        if self._switches["sensor"].on:
            say = "say “sensor node out of reach” in place of a value"
            nothing = "No reading reaches the display node any more."
            if self._passed("sensor") > STALE_S:
                return f"{nothing} Its screen warns, and all tiles {say}."
            return f"{nothing} Its screen warns within a minute; soon after all tiles {say}."
        return self._came(
            "sensor", "The sensor node starts …", "The sensor node runs: the first reading came"
        )

    async def _unplug(self, on: bool) -> None:
        if on:
            self._display.unplug()
        else:
            self._display.plug()

    def _unplug_says(self) -> str:
        if self._switches["unplug"].on:
            return (
                "The screen is dark, and Home Assistant says “display node unplugged” at once. The node's own"
                " page notices after ten seconds."
            )
        return self._came(
            "unplug", "The display node starts …", "The display node runs: the first reading came"
        )

    async def _ring(self, _on: bool) -> None:
        await self._command("alarm_test", severity="critical")

    def _alarm_state(self) -> str:
        alarm = self._switches["alarm"]
        left = ALARM_S - self._passed("alarm")
        return f"rings, {left:.0f} s left" if alarm.at is not None and left > 0 else "silent"

    def _alarm_says(self) -> str:
        if self._passed("alarm") > ALARM_S:
            return "The test alarm is over."
        return "The screen says ALARM; so does the node's own page, above its values, two seconds later."

    async def _command(self, name: str, **arguments: object) -> None:
        """Tell the display node, if it is there to be told."""
        if self._switches["unplug"].on:
            raise NodeError("the display node is unplugged; plug it in first")
        await self._display.command(name, 5, **arguments)
