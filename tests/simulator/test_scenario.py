"""Scenario files: all of ours run, and what they say happens when they say it."""

from datetime import datetime
from pathlib import Path

import pytest

from simulator import World, protocol_route, scenario
from simulator.victron.catalogue import KINDS
from simulator.victron.source import ModelSource

_MODELLED = [name for name in scenario.names() if not scenario.plays_captures(name)]
_SMALL = """
about = "A test."
start = 2026-06-21T10:00:00
plant = {{ loads = {{ lamp = {{ watts = 24, on = false }} }} }}
{more}
[[devices]]
name = "Monitor"
kind = "bmv_712"
"""


def written(folder: Path, more: str = "", events: str = "") -> Path:
    path = folder / "small.toml"
    path.write_text(_SMALL.format(more=more) + events)
    return path


def event(line: str) -> str:
    return f"[[events]]\n{line}\n"


def modelled(name: str | Path, **options) -> ModelSource:
    source = scenario.read(name, **options).modelled
    assert source is not None
    return source


def test_there_are_captures_a_day_a_boat_and_neighbours():
    assert {"trailer", "day", "boat", "neighbours"} <= set(scenario.names())
    assert all(scenario.describe(name).endswith(".") for name in scenario.names())


@pytest.mark.parametrize("name", _MODELLED)
def test_every_message_of_a_day_is_one_that_a_genuine_device_would_send(name: str):
    source, advance = scenario.read(name, speed=240).without_nodes()
    decode = protocol_route.module("instant_readout").decode
    for second in range(0, 360, 12):  # every 48 minutes of the day
        advance(second)
        for device in source.devices:
            was_powered = device.model.powered
            device.next_second()
            if device.silent or not was_powered:
                continue
            reading = decode(device.md, device.key)
            assert reading.plausible, f"{device.name}: {reading.fields}"


def test_the_boat_has_a_device_of_every_kind():
    records = {device.model.record_type for device in modelled("boat").devices}
    assert records == {model.record_type for model, _, _ in KINDS.values()}
    assert len(modelled("boat").devices) >= 12


def test_the_banks_of_one_boat_are_under_the_same_sky():
    source, advance = scenario.read("boat").without_nodes()
    advance(120)
    one, other = source.plants.values()
    assert one.sun.irradiance == other.sun.irradiance > 0


def test_neighbours_keep_their_keys():
    ours = {device.name: device.ours for device in modelled("neighbours").devices}
    assert ours["BMV-712"]
    assert sum(ours.values()) == 1


def test_events_happen_at_the_nodes_time_or_daily_at_the_suns(tmp_path: Path):
    path = written(
        tmp_path,
        "speed = 60",
        event('at = "00:00:10"\ndo = "load_on"\nload = "lamp"')
        + event('daily = "10:20"\ndo = "plug_shore"'),
    )
    source, advance = scenario.read(path).without_nodes()
    plant = source.plants["plant"]
    advance(9)
    assert not plant.loads["lamp"].on
    advance(11)
    assert plant.loads["lamp"].on
    assert not plant.shore.plugged
    advance(21)
    assert plant.shore.plugged


async def test_events_are_in_the_trace_and_reach_devices(world: World, tmp_path: Path):
    alarm = 'at = "00:00:02"\ndo = "raise_alarm"\ndevice = "Monitor"\nalarms = ["low_soc"]'
    path = written(tmp_path, "", event(alarm) + event('daily = "10:00:04"\ndo = "start_engine"'))
    found = scenario.read(path)
    found.begin(world)
    await world.sleep(6)
    assert found.modelled is not None
    assert found.modelled.devices[0].model.raised == 0b100
    told = {entry["event"]: entry for entry in world.events}
    assert told["raise_alarm"] == {
        "t": 2, "event": "raise_alarm", "to": "Monitor", "alarms": ["low_soc"],
    }  # fmt: skip
    assert told["start_engine"]["t"] == pytest.approx(4, abs=1.01)


async def test_the_cable_can_be_pulled_and_put_back(world: World, tmp_path: Path):
    events = (
        f'at = "00:00:0{at}"\ndo = "{do}"\nnode = "display"'
        for at, do in ((2, "unplug"), (4, "plug"))
    )
    found = scenario.read(written(tmp_path, "", "".join(map(event, events))))
    node = await world.start_node("display", tcp=None)
    found.begin(world)
    powered = []
    for _ in range(4):
        await world.sleep(1.5)
        powered.append(node.running)
    assert powered == [True, False, False, True]
    assert [one["cause"] for one in world.events if one["event"] == "boot"] == [1, 1]


async def test_places_walls_and_the_airs_conditions_are_passed_on(world: World, tmp_path: Path):
    more = """
nodes = [{ role = "display", position = [0, 0] }, { role = "sensor", position = [5, 1] }]
walls = [{ start = [2, -3], end = [2, 3], loss_db = 15 }]
air = { loss = 0.2, attempts = 4 }
"""
    found = scenario.read(written(tmp_path, more, "position = [6, 1]\n"))
    found.prepare(world)
    assert (world.air.conditions.loss, world.air.conditions.attempts) == (0.2, 4)
    assert world.air.space.walls[0].loss_db == 15
    assert world.air.space.places["sensor"] == (5, 1)
    monitor = found.source.devices[0].address.hex(":")
    assert world.air.space.path_loss(monitor, "sensor") == pytest.approx(40)


def test_seed_and_speed_can_be_chosen(tmp_path: Path):
    assert modelled("day").speed == 60
    assert modelled("day", speed=12).speed == 12
    assert modelled(written(tmp_path)).speed == 1
    days = []
    for seed in (1, 1, 2):
        source, advance = scenario.read("day", seed=seed).without_nodes()
        advance(160)
        days.append(source.plants["plant"].battery.soc)
    assert days[0] == days[1] != days[2]


@pytest.mark.parametrize(
    ("more", "events", "mistake"),
    [
        ("", event('at = "00:00:01"\ndo = "explode"'), "explode"),
        ("", event('do = "plug_shore"'), "at"),
        ("", event('at = "soon"\ndo = "plug_shore"'), "soon|unpack"),
        ("nodes = [{ name = 'x' }]", "", "role"),
        ("plants = { p = { cloud = 1 } }", "", "cloud"),
        ("x = = 1", "", "small.toml"),
        ("[[neighbors]]", "", "neighbors unknown"),
        ("[[neighbours]]\nchanel = 3", "", "neighbours: chanel unknown"),
        ("[[access_points]]\nssd = 'x'", "", "access_points: ssd unknown"),
        ("[[access_points]]\nmoves = [{ after = 3, to = 4 }]", "", "moves .*: after unknown"),
        ("[[nodes]]\nrole = 'sensor'\nplace = [1, 2]", "", "nodes: place unknown"),
        ("[[nodes]]\nrole = 'sensor'\n[[nodes]]\nrole = 'sensor'", "", "different names"),
        ("[[walls]]\nbegin = [0, 0]", "", "walls: begin unknown"),
        ("[air]\nlosses = 1", "", "losses"),
        ("", event('at = "00:00:01"\ndo = "reset"\nnode = "senser"'), "no node 'senser'"),
        ("", event('at = "00:00:01"\ndo = "load_on"\nload = "lamb"'), "no load 'lamb'"),
        ("", event('at = "00:00:01"\ndo = "power_cycle"\nnode = "sensor"\nfor = 3'), "for unknown"),
        ("", event('at = "00:00:01"\ndo = "fail"\ndevice = "Monitor"\nerr = 3'), "err unknown"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, more: str, events: str, mistake: str):
    with pytest.raises(scenario.ScenarioError, match=mistake):
        scenario.read(written(tmp_path, more, events))


def test_a_scenario_that_is_not_there_is_named():
    with pytest.raises(scenario.ScenarioError, match="atlantis"):
        scenario.read("atlantis")


def test_a_start_is_a_time(tmp_path: Path):
    path = written(tmp_path)
    path.write_text(path.read_text().replace("2026-06-21T10:00:00", '"ten"'))
    with pytest.raises(scenario.ScenarioError, match="start"):
        scenario.read(path)
    assert modelled("day").when == datetime(2026, 6, 21, 6)
