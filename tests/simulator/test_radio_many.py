"""Eight sensor nodes and twenty devices: every reading once, and everybody's coming and going is told."""

import json
from dataclasses import replace
from typing import Any

from simulator import World, protocol_route, scenario
from simulator.provision import provision
from simulator.replay import ReplaySource

SENSORS, DEVICES = 8, 20


async def test_eight_nodes_and_twenty_devices(world: World):
    display = await world.start_node("display", tcp=None)
    sensors = [await world.start_node("sensor", tcp=None) for _ in range(SENSORS)]
    for node in world.nodes:
        await provision(node, node.name.partition("-")[0])
    lines: list[tuple[float, Any]] = []
    display.on_line(lambda line: lines.append((world.now, line)))
    captured = scenario.load("trailer").devices
    devices = [
        replace(captured[number % len(captured)], address=bytes([0xC0, 0, 0, 0, 0, number]))
        for number in range(DEVICES)
    ]
    source = ReplaySource(devices, foreign=False)
    world.add_source(source)
    await world.sleep(10)

    start = world.now
    await world.sleep(10)
    parse = protocol_route.module("serial_payloads").parse_advert
    readings = [parse(line.payload) for at, line in lines if line.kind == "adv" and at > start]
    different = {(mac, md) for mac, _, _, _, md in readings}
    print(f"{len(readings)} readings of {DEVICES} devices in 10 s, {len(different)} different")
    assert len(readings) == len(different) >= 0.97 * DEVICES * 10

    assert told(lines, "node", start) == {node.mac.hex().upper() for node in sensors}
    source.stop()
    for node in sensors[1:]:
        node.lose_power()
    await world.sleep(42)
    first, mac = sensors[0].mac.hex().upper(), sensors[3].mac.hex().upper()
    assert (states(lines, first)[-1], states(lines, mac)[-1]) == ("present", "vanished")
    sensors[3].give_power()
    await world.sleep(12)
    assert states(lines, mac)[-1] == "present"
    log = [line.payload for _, line in lines if line.kind == "log"]
    assert [text.split()[-1] for text in log if sensors[3].mac.hex(":") in text][-2:] == [
        "vanished",
        "appeared",
    ]


def told(lines: list[tuple[float, Any]], kind: str, start: float) -> set[str]:
    """Return who was told about."""
    return {
        json.loads(line.payload)["mac"] for at, line in lines if line.kind == kind and at > start
    }


def states(lines: list[tuple[float, Any]], mac: str) -> list[str]:
    """Return what was told of a node's presence, in order."""
    found = [json.loads(line.payload) for _, line in lines if line.kind == "node"]
    return [one["state"] for one in found if one["mac"] == mac and "state" in one]
