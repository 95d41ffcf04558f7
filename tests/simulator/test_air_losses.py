"""Loss for each attempt, in bursts, by link; and an account of every frame."""

import itertools

import pytest

from simulator import World
from simulator.bursts import Bursts, Fading, FadingLink
from simulator.conditions import Conditions, Link

from .conftest import StartScript, said
from .radio_scripts import RADIO, got, listener, send

_ACKS_LOST = {"sensor>sensor-2": Link(loss=0.9)}


def test_a_scenario_can_set_everything():
    conditions = Conditions()
    conditions.set(
        {
            "loss": 0.2,
            "fading": {"good_s": 29, "bad_s": 1},
            "bursts": {"every_s": 30, "length_s": 1},
            "links": {"a>b": {"loss": 0.5, "fading": {"good_s": 1, "bad_s": 1, "loss": 0.9}}},
        }
    )
    assert conditions.loss == 0.2
    assert conditions.fading == Fading(29, 1)
    assert conditions.bursts == Bursts(30, 1)
    assert conditions.links == {"a>b": Link(0.5, Fading(1, 1, 0.9))}
    conditions.set({"fading": None, "bursts": None})
    assert conditions.fading is conditions.bursts is None
    with pytest.raises(ValueError, match="no such condition: los"):
        conditions.set({"los": 1})


def test_fading_has_the_lengths_it_was_given_and_the_same_for_the_same_seed():
    states = [
        [link.is_bad(second * 100_000) for second in range(100_000)]
        for link in (FadingLink(Fading(9, 1), "one"), FadingLink(Fading(9, 1), "one"))
    ]
    assert states[0] == states[1]
    bad = sum(states[0]) / len(states[0])
    begins = sum(after and not before for before, after in itertools.pairwise(states[0]))
    assert 0.07 < bad < 0.13
    assert 0.7 < sum(states[0]) / 10 / begins < 1.4  # seconds


@pytest.mark.parametrize("on", [True, False])
async def test_nothing_passes_in_a_burst_and_everything_between_two(
    world: World, start_script: StartScript, on: bool
):
    receiver = await listener(world, start_script)
    world.air.conditions.bursts = Bursts(10, 1, first_s=world.now + 5) if on else None
    acknowledged = await send(start_script, receiver, 300, more="time.sleep_ms(100)")
    lost = 300 - acknowledged
    assert 25 <= lost <= 32 if on else lost == 0
    assert world.air.fates["burst"] == lost


@pytest.mark.parametrize("on", [True, False])
async def test_fading_takes_frames_in_a_row(world: World, start_script: StartScript, on: bool):
    receiver = await listener(world, start_script)
    world.air.conditions.fading = Fading(8, 2) if on else None
    await send(start_script, receiver, 300, more="time.sleep_ms(100)")
    numbers = [int(line.split()[2].strip("'")) for line in got(receiver)]
    gaps = [b - a for a, b in itertools.pairwise(numbers) if b - a > 1]
    assert world.air.fates["faded"] == 300 - len(numbers)
    if not on:
        assert gaps == []
        return
    assert 20 < world.air.fates["faded"] < 150
    assert max(gaps) > 5  # far above what independent losses with seven attempts do


async def test_a_link_can_be_worse_in_one_direction(world: World, start_script: StartScript):
    world.air.conditions.links = _ACKS_LOST
    receiver = await listener(world, start_script)
    acknowledged = await send(start_script, receiver, 40)
    await world.sleep(1)
    # the frames arrive, the acknowledgements do not, and the repeats are dropped by the radio
    assert acknowledged < 35
    assert len(got(receiver)) == 40
    assert world.air.counters["repeats"] > 100


async def test_without_the_mac_filter_the_program_sees_every_repeat(
    world: World, start_script: StartScript
):
    world.air.conditions.links = _ACKS_LOST
    world.air.conditions.mac_filter = False
    receiver = await listener(world, start_script)
    await send(start_script, receiver, 40)
    await world.sleep(1)
    assert len(got(receiver)) > 140
    assert world.air.fates["delivered"] == len(got(receiver)) == world.air.expected


async def test_every_frame_is_accounted_for_once(world: World, start_script: StartScript):
    now = world.air.conditions
    now.loss, now.adjacent_ack = 0.4, 0.5
    now.fading, now.bursts = Fading(1, 0.3), Bursts(3, 0.3)
    outcomes = []
    world.air.watch(outcomes.append)
    frames = world.record()
    near = await start_script(
        (RADIO % 6).replace("radio.active", "radio.config(rxbuf=400)\nradio.active")
        + "print('ready')\nwhile True:\n    time.sleep_ms(200)\n    while radio.recv(0)[0]: pass\n"
    )
    beside = await listener(world, start_script, 7)
    for node in (near, beside):
        await said(node, "ready")
    for target in (near, beside):
        await send(start_script, target, 100, more="radio.add_peer(b'\\xff' * 6) if not number else "
                   "radio.send(b'\\xff' * 6, b'all')")  # fmt: skip
    await world.sleep(0.1)
    near.reset()
    await world.sleep(1)
    air = world.air
    assert sum(air.fates.values()) + air.pending == air.expected
    assert air.pending == sum(len(node.radio.queue) for node in world.nodes)
    assert {"delivered", "overflow", "noise", "faded", "burst", "adjacent", "other_channel"} <= set(
        air.fates
    )
    unicast = [frame for frame in frames if frame.destination != b"\xff" * 6]
    assert air.counters["sent"] == len(unicast) == 200
    assert sum(one.frame.destination != b"\xff" * 6 for one in outcomes) == 200
    assert air.counters["acknowledged"] + air.counters["unacknowledged"] == 200
    assert len(outcomes) == air.expected - air.pending


async def test_what_waits_in_the_ring_of_a_board_that_restarts_is_accounted_for(
    world: World, start_script: StartScript
):
    node = await start_script(RADIO % 6 + "print('ready')\ntime.sleep(100)")
    await said(node, "ready")
    for _ in range(3):
        world.inject_frame(node, bytes(6), b"x")
    assert world.air.pending == 3
    node.reset()
    assert world.air.pending == 0
    assert world.air.fates == {"wiped": 3}
