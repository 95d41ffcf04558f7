"""The firmware against the air: each countermeasure holds, and each scenario fails without it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simulator import World
from simulator.hostile import Attacker, Neighbour, flipped, forge
from simulator.provision import provision, site_key_of

from .sabotage import Guard, firmware_without_all
from .site import Site

READINGS, QUERY, ANSWER, RECEIPT = 1, 2, 3, 4
BEHIND_S = 65  # then a nonce is no longer taken for a late copy
UPLINK, HUNT, LINK = "sensor/uplink.py", "sensor/hunt.py", "node/radio_link.py"
GATEWAY, FRAME = "display/gateway.py", "protocol/radio_frame.py"

SHORT_BURSTS = {"loss": 0.5, "bursts": {"every_s": 0.4, "length_s": 0.08}}
ONE_TRY: Guard = (UPLINK, "TRIES = 4", "TRIES = 1")
NEVER_AGAIN: Guard = (UPLINK, "self._table.give_back(self._slots[self._held])", "pass")


async def _comes_through(site: Site, within_s: float = 0) -> bool:
    """Tell whether readings flow, after a time to recover."""
    await site.world.sleep(within_s)
    return await site.gained(5) >= 12


async def _hears_receipts(site: Site) -> bool:
    """Tell whether the sensor node has found its display node; broadcast readings need no finding."""
    before = (await site.counters(site.sensor))["receipts"]
    await site.world.sleep(5)
    return bool((await site.counters(site.sensor))["receipts"] > before)


# channels and acknowledgements


async def finds_each_other_while_scanning_makes_deaf(site: Site) -> bool:
    return await _comes_through(site, 5) and await _hears_receipts(site)


async def follows_to_a_far_channel(site: Site) -> bool:
    site.move(11)
    return await _comes_through(site, 10) and await _hears_receipts(site)


async def follows_when_nobody_acknowledges(site: Site) -> bool:
    site.move(11)
    return await _comes_through(site, 4)


async def does_not_believe_the_next_channel(site: Site) -> bool:
    now = site.world.air.conditions
    now.adjacent_ack, now.adjacent_delivery = 1, 0
    site.move(7)
    return await _comes_through(site, 25)


async def notices_a_radio_without_program(site: Site) -> bool:
    """An attacker plays an old receipt after each frame that wants one."""
    world = site.world
    attacker = Attacker(world)
    await world.sleep(12)
    receipts = attacker.recorded(site.display.mac, RECEIPT)
    assert receipts
    site.display.radio.espnow = False  # the radio still acknowledges

    attacker.react(
        site.sensor.mac,
        (READINGS,),
        lambda: attacker.replay([receipts[-1]] * 3, site.sensor),
    )
    await world.sleep(25)
    return bool((await site.counters(site.sensor))["sweeps"] > 1)


async def is_not_led_to_an_old_channel(site: Site) -> bool:
    """The display node has moved; an attacker answers each question with a recorded answer."""
    world = site.world
    attacker = Attacker(world)
    await site.world.sleep(1)
    site.sensor.reset()
    await world.sleep(5)
    answers = attacker.recorded(site.display.mac, ANSWER)
    assert answers
    site.move(1)

    attacker.react(site.sensor.mac, (QUERY,), lambda: attacker.replay(answers[-1:], site.sensor))
    return await _comes_through(site, 20)


async def goes_on_above_a_restarted_display_node(site: Site) -> bool:
    """It accepts only what is above its stored ceiling, which a living sensor node must be told."""
    site.display.reset()
    site.move(site.channel)
    return await _comes_through(site, 15)


async def loses_no_reading_to_short_bursts(site: Site) -> bool:
    site.world.air.conditions.set(SHORT_BURSTS)
    return await site.gained(40) >= 117


async def spreads_its_tries(site: Site) -> bool:
    site.world.air.conditions.set({"loss": 0.2, "bursts": {"every_s": 0.3, "length_s": 0.05}})
    await site.world.sleep(300)  # none at all; without it 9 to 20, by the luck of the interpreter
    return bool((await site.counters(site.sensor, of="radio"))["unacknowledged"] <= 2)


# what was recorded or forged


async def takes_no_recorded_frame(site: Site) -> bool:
    attacker = Attacker(site.world)
    await site.world.sleep(3)
    loot = attacker.recorded(site.sensor.mac)
    await site.world.sleep(BEHIND_S)
    attacker.replay(loot, site.display)
    await site.world.sleep(2)
    return site.repeats == 0


async def takes_no_frame_from_before_its_restart(site: Site) -> bool:
    attacker = Attacker(site.world)
    await site.world.sleep(3)
    loot = attacker.recorded(site.sensor.mac)
    await site.sensor.stop()
    site.display.reset()
    site.move(site.channel)
    await site.world.sleep(2)
    attacker.replay(loot, site.display)
    await site.world.sleep(2)
    return site.repeats == 0


async def takes_no_frame_for_another_display_node(site: Site) -> bool:
    world = site.world
    attacker = Attacker(world)
    other = await world.start_node("display", tcp=None, paths=site.display_firmware)
    await provision(other, "display")
    other.radio.channel = site.channel
    lines: list[Any] = []
    other.on_line(lambda line: lines.append(line) if line.kind == "adv" else None)
    await world.sleep(2)
    attacker.replay(attacker.recorded(site.sensor.mac, READINGS), other)
    await world.sleep(1)
    return lines == []


async def takes_no_damaged_frame(site: Site) -> bool:
    attacker = Attacker(site.world)
    await site.world.sleep(2)
    whole = attacker.recorded(site.sensor.mac, READINGS)[-1].message
    for bit in range(8):  # of the Victron address, and far above the replay window
        damaged = flipped(flipped(whole, 8 * 31 + bit), 8 * 10 + bit)
        attacker.send(site.display, site.sensor.mac, damaged)
    await site.world.sleep(1)
    return {mac for _, mac, _ in site.arrived} == {one.address for one in site.source.devices}


async def answers_a_recorded_question_now_and_then_only(site: Site) -> bool:
    attacker = Attacker(site.world)
    site.sensor.reset()
    await site.world.sleep(3)
    question = attacker.recorded(site.sensor.mac, QUERY)[-1]
    before = len(attacker.recorded(site.display.mac, ANSWER))
    attacker.replay([question] * 100, site.display)
    await site.world.sleep(3)
    # the limit gives about ten; each is tried twice, since a scanning node does not hear it
    return len(attacker.recorded(site.display.mac, ANSWER)) - before < 30


# other people's traffic


async def survives_long_frames_before_1_29(site: Site) -> bool:
    site.world.air.conditions.ring_of_1_28 = True
    site.world.add_source(Neighbour(site.channel, per_second=2, sizes=(300, 1470)))
    return await site.gained(20) >= 50


async def has_room_for_bulky_neighbours(site: Site) -> bool:
    for number in range(3):
        name = f"neighbour {number}"
        site.world.add_source(Neighbour(site.channel, 25, (1470,), name=name))
    lost = []  # at the display node: a sensor node listens in short windows only
    site.world.air.watch(
        lambda outcome: (
            lost.append(outcome)
            if outcome.fate == "overflow" and outcome.receiver == site.display.name
            else None
        )
    )
    await site.world.sleep(20)
    return not lost


async def forgets_thousands_of_strangers(site: Site) -> bool:
    site.world.add_source(Neighbour(site.channel, 200, (60,), source=None))
    await site.world.sleep(12)
    return await _comes_through(site) and "MemoryError" not in site.display.uart.text


async def replies_to_more_nodes_than_the_radio_has_peers(site: Site) -> bool:
    attacker = Attacker(site.world)
    for number in range(25):
        mac = bytes([2, 0xBB, 0, 0, 0, number])
        frame = forge(site_key_of(site.world), mac, site.display.mac, challenge=b"well")
        attacker.send(site.display, mac, frame)
        await site.world.sleep(0.3)
    replied = {one.destination for one in attacker.recorded(site.display.mac, RECEIPT)}
    return len(replied) >= 25


@dataclass(frozen=True)
class Case:
    """A scenario, and what must be gone for it to fail."""

    scenario: Callable[[Site], Awaitable[bool]]
    guards: tuple[Guard, ...]


def _case(scenario: Callable[[Site], Awaitable[bool]], *guard: str) -> Case:
    file, there, instead = guard
    return Case(scenario, ((file, there, instead),))


CASES = [
    _case(finds_each_other_while_scanning_makes_deaf,
          "sensor/scanner.py", "self.running = False\n        self._ble.gap_scan(None)", "pass"),
    _case(follows_to_a_far_channel,
          HUNT, "return home + [channel for channel in CHANNELS if channel not in home] + home",
          "return home or list(CHANNELS)"),
    _case(follows_when_nobody_acknowledges,
          UPLINK, " and not self._failing_for_long()", ""),
    _case(does_not_believe_the_next_channel,
          UPLINK, "self._missing < MOST_MISSING and ", ""),
    _case(notices_a_radio_without_program,
          UPLINK, "if unpack_receipt(opened.body)[0] == challenge:", "if True:"),
    _case(is_not_led_to_an_old_channel,
          HUNT, "if found[0] != challenge:", "if False:"),
    _case(goes_on_above_a_restarted_display_node,
          HUNT, "self._session.jump_above(floor_epoch, floor_sequence)", "pass"),
    Case(loses_no_reading_to_short_bursts, (ONE_TRY, NEVER_AGAIN)),
    _case(spreads_its_tries,
          LINK, "BACK_OFF_MS = (5, 30)", "BACK_OFF_MS = (0, 0)"),
    _case(takes_no_recorded_frame,
          "protocol/replay.py", "raise Replayed", "pass"),
    _case(takes_no_frame_from_before_its_restart,
          GATEWAY, "self._ceilings.keep(node.mac, node.window)", "pass"),
    _case(takes_no_frame_for_another_display_node,
          FRAME, "hmac_sha256(key, signed, source, destination)",
          "hmac_sha256(key, signed, source)"),
    _case(takes_no_damaged_frame,
          FRAME, "raise BadTag", "pass"),
    _case(answers_a_recorded_question_now_and_then_only,
          GATEWAY, "if not node.may_be_answered():", "if False:"),
    _case(survives_long_frames_before_1_29,
          LINK, "except (OSError, ValueError):  # a damaged ring", "except OSError:  # a damaged ring"),
    _case(has_room_for_bulky_neighbours,
          LINK, "RECEIVE_BUFFER = 4608", "RECEIVE_BUFFER = 2968"),
    _case(forgets_thousands_of_strangers,
          LINK, "self._radio.peers_table.clear()", "pass"),
    _case(replies_to_more_nodes_than_the_radio_has_peers,
          LINK, "if len(self._peers) >= MOST_PEERS:", "if False:"),
]  # fmt: skip


def _named(cases: list[Case]) -> dict[str, Any]:
    return {"argvalues": cases, "ids": [case.scenario.__name__ for case in cases]}


@pytest.mark.parametrize("case", **_named(CASES))
async def test_the_firmware_holds(world: World, case: Case):
    site = await Site(world).start()
    assert await case.scenario(site)
    assert site.display.crash is site.sensor.crash is None


@pytest.mark.parametrize("case", **_named(CASES))
async def test_without_its_countermeasure_it_does_not(world: World, tmp_path: Path, case: Case):
    paths = firmware_without_all(tmp_path, case.guards)
    site = await Site(world, paths, paths).start()
    assert not await case.scenario(site)
