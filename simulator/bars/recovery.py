"""After something has happened: the seconds until every device has something new at the hub."""

from collections.abc import Awaitable, Callable

from ..access_point import AccessPoint
from ..node import Node
from ..protocol_route import module
from .bar import Bar, Extent, Goal, Measured
from .site import Site, site

_AWAY_S = 30  # the cable, the power
_NIGHT_S = 400
_CONNECTED_S = 120
_NUMBER = 1  # of the hub's first command

type Happening = Callable[[Site], Awaitable[float]]


async def _move(one: Site) -> float:
    """Take the display node from channel to channel, as an access point does; return the longest."""
    longest = 0.0
    for channel in (1, 6, 11):
        if one.display.radio.channel != channel:
            one.display.radio.channel = channel
            longest = max(longest, await one.resumes())
            await one.world.sleep(5)
    return longest


async def _move_by_wifi(one: Site) -> float:
    """The access point moves; what counts begins when the display node has followed it."""
    world, display = one.world, one.display
    point = AccessPoint(world, "home", "password", 1)
    settings = {"wifi_mode": "station", "wifi_ssid": point.ssid, "wifi_password": point.key}
    await display.command("set", **settings)
    longest = 0.0
    for channel in (1, 6, 11):
        if point.channel != channel:
            point.move(channel)
        await world.until(lambda: _is_at(display, point), _CONNECTED_S, 0.02)
        longest = max(longest, await one.resumes())
        await world.sleep(5)
    return longest


def _is_at(node: Node, point: AccessPoint) -> bool:
    return node.station.has_ip and node.radio.channel == point.channel


async def _move_by_option(one: Site) -> float:
    """Somebody chooses another channel for a display node without Wi-Fi."""
    longest = 0.0
    for channel in (1, 6, 11):
        await one.display.command("set", channel=channel)
        longest = max(longest, await one.resumes())
        await one.world.sleep(5)
    return longest


async def _restart_display(one: Site) -> float:
    one.display.reset()
    return await one.resumes()


async def _restart_sensor(one: Site) -> float:
    one.sensors[0].reset()
    return await one.resumes()


async def _reopen(one: Site) -> float:
    """Open the port as a restarted Home Assistant does, on a board that notices nothing of it."""
    one.display.uart.feed(module("serial_payloads").encode_command(0, _NUMBER, "hello", {}))
    return await one.resumes(anything=True)


async def _open_with_reset(one: Site) -> float:
    """Open the port of a board that DTR and RTS reset; the hub asks when it has booted."""
    one.display.on_open = "reset"
    one.display.uart.on_open()
    return await one.resumes(anything=True)


async def _pull_the_cable(one: Site) -> float:
    one.display.unplug()
    await one.world.sleep(_AWAY_S)
    one.display.plug()
    return await one.resumes()


async def _after_a_night(one: Site) -> float:
    """Be off for long enough for every pause of the sensor node's to be at its longest."""
    one.display.unplug()
    await one.world.sleep(_NIGHT_S / 5 if one.short else _NIGHT_S)
    one.display.plug()
    return await one.resumes()


def _bar(name: str, about: str, happening: Happening, goal_s: float) -> Bar:
    async def measure(seed: int, extent: Extent) -> Measured:
        async with site(seed, number=3 if extent.short else 20) as one:
            one.short = extent.short
            await one.some_moment(seed)
            return {"resumed": await happening(one)}

    return Bar(name, about, measure, {"resumed": Goal("s", at_most=goal_s, digits=2)})


BARS = [
    _bar("channel-move", "The display node's channel moves 1, 6, 11.", _move, 10),
    _bar("channel-option", "Its channel is set to 1, 6, 11.", _move_by_option, 10),
    _bar("channel-wifi", "Its access point moves 1, 6, 11, and it follows.", _move_by_wifi, 10),
    _bar("display-restart", "The display node restarts.", _restart_display, 5),
    _bar("sensor-restart", "The sensor node restarts.", _restart_sensor, 8),
    _bar("port-reopened", "Home Assistant opens the port; the board goes on.", _reopen, 2),
    _bar("port-resets", "Opening the port resets the board.", _open_with_reset, 8),
    _bar("cable-pulled", "The cable is pulled, with its power, for 30 s.", _pull_the_cable, 8),
    _bar("display-off", "The display node was off for 7 minutes.", _after_a_night, 8),
]
