"""Old stays old, also when the millisecond counter comes round; and nothing may take all the time."""

import asyncio
import time

import machine
from espnow import ESPNow

from air import address, md_of
from display.gateway import FOREIGN_MS
from display.registry import Registry
from display.reporter import FORGET_MS
from ends import Sensor
from node import clock
from node.age import LONG_MS, age_ms
from node.allowance import Allowance
from node.config import BadSetting
from node.pulse import Pulse
from test_gateway import NODE, Display, readings_frame

DAY_MS = 24 * 3600 * 1000


def test_an_age_that_the_counter_cannot_tell_is_old_and_never_fresh():
    now = time.ticks_ms()
    for days in (7, 8, 10, 12):
        assert age_ms(time.ticks_add(now, -days * DAY_MS + (1 << 30)), now) == LONG_MS
    assert age_ms(time.ticks_add(now, -5 * DAY_MS), now) == 5 * DAY_MS


def test_a_device_that_is_silent_for_a_day_is_forgotten_before_the_counter_comes_round_to_it():
    registry = Registry()
    registry.take(NODE, address(1), -70, 0, md_of(5))
    registry.take(NODE, address(2), -70, 0, md_of(5))
    registry.devices[address(1)].heard = time.ticks_add(time.ticks_ms(), -FORGET_MS - 1000)
    registry.forget_silent(FORGET_MS)
    assert list(registry.devices) == [address(2)]


def test_a_sensor_node_that_is_silent_for_a_day_is_forgotten_but_not_its_ceiling():
    display = Display()
    frame = readings_frame(1)
    display.take(frame)
    display.nodes.of(NODE).heard = time.ticks_add(time.ticks_ms(), -FORGET_MS - 1000)
    display.nodes.forget_silent(FORGET_MS)
    assert not display.nodes.nodes
    display.take(frame)
    assert display.refused == {"replayed": 1}


def test_a_foreign_version_of_our_site_is_told_for_a_while():
    display = Display()
    frame = bytearray(readings_frame(1))
    frame[0] = 2
    assert display.gateway.foreign_version == 0
    display.take(frame)
    assert display.gateway.foreign_version == 2
    display.gateway._foreign_heard = time.ticks_add(time.ticks_ms(), -FOREIGN_MS - 1000)
    assert display.gateway.foreign_version == 0


def test_a_foreign_version_of_another_site_is_none_of_our_business():
    display = Display()
    frame = bytearray(readings_frame(1))
    frame[0] = 2
    frame[2] ^= 1
    display.take(frame)
    assert display.gateway.foreign_version == 0


def test_the_clock_shows_the_time_on_the_wall_and_refuses_what_cannot_be():
    for ahead, shown in (
        (0, (2025, 11, 22, 5, 20, 0)),
        (3600, (2025, 11, 22, 5, 21, 0)),
        (-34_200, (2025, 11, 22, 5, 10, 30)),  # the Marquesas
    ):
        clock.set_time({"unix": 1_763_841_600, "offset_s": ahead})
        assert machine.RTC.value[:6] == shown, machine.RTC.value
    for wrong in (50_401, -50_401, "1", None):
        assert refusal({"unix": 1_763_841_600, "offset_s": wrong}) == "bad_offset_s"


def refusal(args):
    try:
        clock.set_time(args)
    except BadSetting as error:
        return error.reason
    return ""


def test_an_allowance_is_used_up_and_comes_back_with_time():
    allowance = Allowance(2, 1000)
    assert [allowance.take() for _ in range(3)] == [True, True, False]
    allowance._filled = time.ticks_add(allowance._filled, -1000)
    assert [allowance.take() for _ in range(2)] == [True, False]


class Flood(list):
    """A receive buffer that is never empty."""

    def __bool__(self):
        return True

    def pop(self, _index):
        return NODE, b"rubbish from somebody who never stops"


async def test_a_flood_of_frames_leaves_the_display_node_time_for_everything_else():
    display = Display()
    ESPNow.arriving = Flood()
    task = asyncio.create_task(display.gateway.run(Pulse("gateway")))
    for _ in range(20):
        await asyncio.sleep_ms(1)
    task.cancel()
    assert display.refused


async def test_a_flood_of_frames_does_not_keep_a_sensor_node_listening():
    sensor = Sensor()
    ESPNow.arriving = Flood()
    began = time.ticks_ms()
    assert not await sensor.hunt.sweep()
    assert time.ticks_diff(time.ticks_ms(), began) < 5000
