"""Other people's radios out of a scenario file."""

import pytest

from simulator import World, scenario, surroundings
from simulator.victron.model import ModelError

from .conftest import StartScript
from .radio_scripts import got, listener


async def test_a_scenario_can_bring_access_points_and_neighbours(
    world: World, start_script: StartScript
):
    surroundings.add(
        world,
        {
            "access_points": [
                {"ssid": "marina", "channel": 6, "moves": [{"after_s": 2, "to": 11}],
                 "position": [3, 4], "announces": True},
            ],
            "neighbours": [{"channel": 6, "per_second": 10, "sizes": [100], "position": [0, 1]}],
        },
    )  # fmt: skip
    (point,) = world.access_points
    assert (point.ssid, point.channel, point.announces) == ("marina", 6, True)
    assert world.air.space.places == {point.name: (3, 4), "neighbour": (0, 1)}
    node = await listener(world, start_script)
    await world.sleep(3)
    assert len(got(node)) >= 20
    assert point.channel == 11


def test_what_is_misspelt_is_an_error():
    with pytest.raises(ModelError, match="access_points: chanel unknown"):
        surroundings.of({"access_points": [{"ssid": "x", "chanel": 3}]})


async def test_a_scenario_without_them_brings_none(world: World):
    assert surroundings.of({}) == {"access_points": [], "neighbours": []}
    scenario.read("trailer").prepare(world)
    assert world.access_points == []


async def test_the_quiet_berth_has_a_marinas_access_point(world: World):
    scenario.read("neighbours").prepare(world)
    assert [one.ssid for one in world.access_points] == ["marina"]
