"""A station and its access point: the channel that follows, the beacon time-out, the sleep in between."""

import pytest

from simulator import Node, World
from simulator.access_point import AccessPoint

from .conftest import StartScript, said
from .radio_scripts import LISTEN, RADIO, got, listener, send

_CONNECT = """
station.config(%s)
station.connect("home", "password")
while not station.isconnected():
    time.sleep_ms(50)
station.config(pm=%d)
print("connected", station.config("channel"), station.status(), station.ifconfig()[0], station.status("rssi"))
"""
_REPORT = """
before = None
while True:
    now = (station.status(), station.isconnected(), station.config("channel"))
    if now != before:
        print("at", time.ticks_ms(), *now)
    before = now
    time.sleep_ms(20)
"""
NO_SLEEP, SLEEP = 0, 1


async def _connected(
    world: World, start: StartScript, settings: str = "", then: str = _REPORT, pm: int = NO_SLEEP
) -> Node:
    node = await start(RADIO % 1 + _CONNECT % (settings, pm) + then)
    await said(node, "connected")
    return node


def _channels(world: World, node: Node) -> list[int]:
    """Return the channels the node has been on, in order."""
    mine = [one for one in world.events if one.get("node") == node.name]
    return [one["channel"] for one in mine if one["event"] == "channel"]


async def test_a_station_takes_the_access_points_channel(world: World, start_script: StartScript):
    AccessPoint(world, channel=6)
    node = await _connected(world, start_script)
    assert "connected 6 1010 192.168.1.77 -58" in node.uart.text
    assert node.radio.channel == 6


@pytest.mark.parametrize(("reconnects", "comes_back"), [(-1, True), (0, False)])
async def test_a_move_is_noticed_after_the_beacon_time_out_only(
    world: World, start_script: StartScript, reconnects: int, comes_back: bool
):
    point = AccessPoint(world, channel=6)
    node = await _connected(world, start_script, f"reconnects={reconnects}")
    moved = world.now
    point.move(11)
    await world.sleep(5.9)
    assert node.station.status == 1010  # believes itself connected, on the old channel
    assert node.radio.channel == 6
    await world.sleep(0.2)
    assert node.station.status == (1001 if comes_back else 200)
    await world.sleep(5)
    lost = [one["t"] - moved for one in world.events if one.get("state") == "lost"]
    assert lost == [pytest.approx(6)]
    assert node.station.has_ip == comes_back
    # with reconnects=0 it stays on the last channel, and ESP-NOW with it
    assert node.radio.channel == (11 if comes_back else 6)
    visited = _channels(world, node)
    assert set(range(1, 12)) <= set(visited) if comes_back else visited[-1] == 6


async def test_while_it_looks_for_its_access_point_a_station_is_on_other_channels(
    world: World, start_script: StartScript
):
    point = AccessPoint(world, channel=6)
    node = await _connected(world, start_script, then=LISTEN)
    point.switch(False)
    await world.sleep(8)
    assert not node.station.has_ip
    acknowledged = await send(start_script, node, 100, more="time.sleep_ms(50)")
    assert acknowledged < 30
    # without automatic reconnecting it hears everything, on the channel where it was
    node.station.reconnects = 0
    await world.sleep(3)
    world.air.fates.clear()
    node.radio.channel = 6
    assert await send(start_script, node, 20) == 20


async def test_an_interruption_shorter_than_the_time_out_is_not_noticed(
    world: World, start_script: StartScript
):
    point = AccessPoint(world)
    node = await _connected(world, start_script)
    point.switch(False)
    await world.sleep(5)
    point.switch(True)
    await world.sleep(5)
    assert node.station.has_ip
    assert not [one for one in world.events if one.get("state") == "lost"]


async def test_an_announced_move_is_followed_at_once(world: World, start_script: StartScript):
    point = AccessPoint(world, channel=6)
    node = await _connected(world, start_script)
    point.announces = True
    point.move_after(1, 11)
    await world.sleep(1.1)
    assert node.radio.channel == 11
    await world.sleep(8)
    assert node.station.has_ip


@pytest.mark.parametrize(
    ("ssid", "key", "status"), [("nowhere", "password", 201), ("home", "wrong", 202)]
)
async def test_what_cannot_be_connected_says_why(
    world: World, start_script: StartScript, ssid: str, key: str, status: int
):
    AccessPoint(world)
    node = await start_script(
        RADIO % 1
        + f"station.config(reconnects=0)\nstation.connect({ssid!r}, {key!r})\n"
        + "while station.status() == 1001: time.sleep_ms(100)\n"
        + "print('status', station.status(), station.isconnected(), 'end')"
    )
    assert f"status {status} False end" in await said(node, "end", 30)


async def test_the_channel_cannot_be_chosen_while_connecting_or_connected(
    world: World, start_script: StartScript
):
    AccessPoint(world, channel=6)
    node = await start_script(
        RADIO % 1
        + """
def choose():
    try:
        station.config(channel=3)
        print("chosen", station.config("channel"))
    except OSError as error:
        print("refused", error)
choose()
station.connect("home", "password")
choose()
try:
    station.connect("home", "password")
except OSError as error:
    print("twice", error)
while not station.isconnected():
    time.sleep_ms(50)
choose()
station.disconnect()
print("left", station.isconnected(), station.status())
choose()
print("end")
"""
    )
    text = (await said(node, "end")).replace("\r", "")
    refused = "refused Wifi Internal State Error\n"
    twice = "twice Wifi Internal State Error\n"
    assert f"chosen 3\n{refused}{twice}{refused}left False 8\nchosen 3\nend" in text


async def test_both_interfaces_are_on_one_channel(world: World, start_script: StartScript):
    AccessPoint(world, channel=9)
    node = await _connected(
        world, start_script, then="own = network.WLAN(network.WLAN.IF_AP)\nown.active(True)\n"
        "print('own', own.config('channel'), own.ifconfig()[0], 'end')",
    )  # fmt: skip
    assert "own 9 192.168.4.1 end" in await said(node, "end")


@pytest.mark.parametrize("case", ["sleeps", "pm none", "switched off", "not connected"])
async def test_a_connected_station_sleeps_between_beacons_unless_told_not_to(
    world: World, start_script: StartScript, case: str
):
    AccessPoint(world, channel=6)
    world.air.conditions.power_save = case != "switched off"
    if case == "not connected":
        node = await listener(world, start_script)
    else:
        pm = NO_SLEEP if case == "pm none" else SLEEP
        node = await _connected(world, start_script, then=LISTEN, pm=pm)
    await send(start_script, node, 100, more="time.sleep_ms(37)")
    await world.sleep(1)
    heard = len(got(node))
    assert world.air.fates["asleep"] == 100 - heard
    assert 15 < heard < 70 if case == "sleeps" else heard == 100


async def test_a_scan_lists_what_is_in_range_and_leaves_the_channel_meanwhile(
    world: World, start_script: StartScript
):
    AccessPoint(world, "home", channel=6)
    AccessPoint(world, "neighbour", channel=11)
    far = AccessPoint(world, "far", channel=1)
    world.air.space.places = {"sensor": (0, 0), far.name: (2000, 0)}
    node = await start_script(RADIO % 3 + "print(station.scan(), station.config('channel'), 'end')")
    text = await said(node, "end")
    assert "b'home', b'\\x02\\xa9\\x01\\x00\\x00\\x01', 6, -58" in text
    assert "b'neighbour'" in text
    assert "far" not in text
    assert "] 3 end" in text
    assert set(_channels(world, node)) == set(range(1, 14))


@pytest.mark.parametrize("on", [True, False])
async def test_the_chip_aborts_when_modem_sleep_is_off_beside_bluetooth(
    world: World, start_script: StartScript, on: bool
):
    world.air.conditions.abort_without_modem_sleep = on
    node = await start_script(
        RADIO % 1
        + "import bluetooth\nbluetooth.BLE().active(True)\nprint('before')\n"
        + "station.config(pm=station.PM_NONE)\nprint('after', station.config('pm'))"
    )
    await said(node, "Should enable WiFi modem sleep" if on else "after 0")
    assert node.restarts == (1 if on else 0)


async def test_a_soft_reset_leaves_the_driver_connected(world: World, start_script: StartScript):
    AccessPoint(world, channel=6)
    node = await start_script(
        RADIO % 1 + _CONNECT % ("", NO_SLEEP) + "import machine\nmachine.soft_reset()"
    )
    # after it the program's first step, to choose a channel, is what a connected driver refuses
    await said(node, "Wifi Internal State Error")
    assert node.station.has_ip
