"""Orders from the console of the display node to a sensor node, through the air and over restarts."""

import itertools
import re
from typing import Any

import pytest

from simulator import Node, World, protocol_route
from simulator.hostile import Attacker
from simulator.node import NodeError

from .site import Site

RECEIPT, STATE = 4, 5
LED = 2


async def order(site: Site, **what: object) -> dict[str, Any]:
    return await site.display.command("node", mac=site.sensor.mac.hex().upper(), **what)


async def carried_out(site: Site, within_s: float = 10) -> bool:
    """Wait until nothing is pending any more."""
    for _ in range(round(within_s)):
        await site.world.sleep(1)
        if not (await order(site))["pending"]:
            return True
    return False


async def options(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = (await site.sensor.command("options"))["options"]
    return found


async def test_a_setting_arrives_is_stored_and_its_effect_is_seen(world: World):
    site = await Site(world).start()
    relayed = site.source.devices[0].address
    await order(site, name="Heck", allow=[relayed.hex().upper()], scan_duty=80)
    assert await carried_out(site)
    assert (await options(site))["scan_duty"] == 80
    start = len(site.arrived)
    await world.sleep(4)
    assert {mac for _, mac, _ in site.arrived[start:]} == {relayed}
    site.sensor.power_cycle()
    await site.display.wait_line("node", 20, lambda line: '"name":"Heck"' in line.payload)
    assert (await options(site))["allow"] == [relayed.hex().upper()]


async def test_a_display_node_that_is_plugged_in_again_soon_knows_the_names_and_no_frame_is_added(
    world: World,
):
    site = await Site(world).start()
    states: list[float] = []
    world.air.sniff(
        lambda sent: states.append(world.now) if sent.message[1] & 0x3F == STATE else None
    )
    await world.sleep(15)
    began = world.now
    site.display.power_cycle()
    await site.display.wait_line("node", 60, lambda line: '"name":"sensor"' in line.payload)
    assert world.now - began < 5
    await world.sleep(200)
    told = sorted(set(states))
    assert [round(later - one, -1) for one, later in itertools.pairwise(told)] == [60, 60, 60]


async def test_the_share_of_time_can_be_set_by_cable_while_the_scan_runs(world: World):
    site = await Site(world).start()
    await site.sensor.command("set", scan_duty=50)
    assert (await options(site))["scan_duty"] == 50
    assert await site.gained(4)


async def test_orders_come_through_thirty_per_cent_loss_and_a_restart_of_either_side(world: World):
    site = await Site(world).start()
    world.air.conditions.loss = 0.3
    await order(site, scan_duty=70)
    site.display.reset()
    site.move(site.channel)
    await world.sleep(4)
    await order(site, reboot=True)
    assert await carried_out(site, 20)
    await world.sleep(3)
    assert (await options(site))["scan_duty"] == 70
    assert (
        site.sensor.restarts == 2
    )  # the provisioning's and this one: an order is carried out once
    await world.sleep(10)
    assert site.sensor.restarts == 2


async def test_a_recorded_order_moves_nothing(world: World):
    site = await Site(world).start()
    attacker = Attacker(world)
    await order(site, reboot=True)
    assert await carried_out(site)
    receipts = attacker.recorded(site.display.mac, RECEIPT)
    restarts = site.sensor.restarts
    site.sensor.power_cycle()  # it has forgotten the order's number
    attacker.react(
        site.sensor.mac, (1,), lambda: attacker.replay(receipts, site.sensor, every_s=0.001)
    )
    await world.sleep(15)
    assert site.sensor.restarts == restarts + 1


async def test_a_survey_tells_the_strength_every_other_second(world: World):
    site = await Site(world).start()
    lines: list[float] = []
    site.display.on_line(lambda line: lines.append(world.now) if line.kind == "node" else None)
    await order(site, survey=20)
    await world.sleep(14)
    assert len(lines) >= 12
    count = len(lines)
    await world.sleep(20)  # it is over
    await world.sleep(12)
    assert len(lines) - count <= 24


async def test_a_survey_by_cable_tells_whoever_carries_the_node_around(world: World):
    site = await Site(world).start()
    told = _log_of(site.sensor, "survey: ")
    await site.sensor.command("survey", seconds=20)
    await world.sleep(10)
    await site.sensor.command("survey", seconds=10)  # again: not twice as many lines
    await world.sleep(15)
    assert 8 <= len(told) <= 11
    answered = re.compile(r"survey: (\d+) of (\d+) receipts on channel 6, the last with -\d+ dBm")
    heard = [answered.fullmatch(one) for one in told]
    assert all(one and one[1] == one[2] != "0" for one in heard)
    told.clear()
    await world.sleep(10)
    assert told == []
    site.display.lose_power()
    await site.sensor.command("survey")
    await world.sleep(10)
    assert told[0].startswith("survey: 0 of ")
    await site.sensor.command("survey", seconds=0)
    await world.sleep(4)
    told.clear()
    await world.sleep(10)
    assert told == []


async def test_a_sensor_node_shows_itself_to_whoever_holds_its_cable(world: World):
    node = await world.start_node("sensor", tcp=None)  # not provisioned either
    told = _log_of(node, "identify")
    await node.command("set", pin_led=LED)
    await node.command("identify")
    levels = []
    for _ in range(140):
        await world.sleep(0.25)
        levels.append(node.pins.get(LED))
    assert len(told) == 1
    assert {0, 1} <= set(levels[:4])
    assert set(levels[-4:]) == {0}  # after half a minute
    with pytest.raises(NodeError, match="not_provisioned"):
        await node.command("survey")


async def test_a_survey_that_cannot_be_meant_is_refused(world: World):
    site = await Site(world).start()
    for seconds in (-1, 3601, "x", None, 1.5):
        with pytest.raises(NodeError, match="bad_seconds"):
            await site.sensor.command("survey", seconds=seconds)


def _log_of(node: Node, beginning: str) -> list[str]:
    """Return what the node logs from now on, if it begins so."""
    told: list[str] = []

    def note(line: Any) -> None:
        text = line.payload.partition(" ")[2]
        if line.kind == "log" and text.startswith(beginning):
            told.append(text)

    node.on_line(note)
    return told


async def test_every_line_about_a_node_fits(world: World):
    site = await Site(world).start()
    await order(site, name="ü" * 16)
    assert await carried_out(site)
    state = protocol_route.module("radio_state")
    values = {name: 0xFFFFFFFF for name, _ in state.FIELDS}
    values |= {"reset": "deep_sleep", "down_rssi": -128}
    buffer = bytearray(250)
    length = state.pack_state(buffer, values, ("10.10.10", "10.10.10", "ü" * 16, "x" * 24))
    told = state.unpack_state(buffer[26 : 26 + length]) | {"mac": site.sensor.mac.hex()}
    about = {
        "name",
        "fw",
        "mp",
        "boots",
        "reset",
        "uptime_s",
        "interval_s",
        "order",
        "result",
        "mac",
    }
    framing = protocol_route.module("serial_framing")
    encode = protocol_route.module("serial_payloads").encode_json
    for part in (about, set(told) - about | {"mac"}):
        framing.encode(65535, "node", encode({name: told[name] for name in part}))
