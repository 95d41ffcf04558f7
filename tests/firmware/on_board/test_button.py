"""The button and the buzzer: presses among bounces, rhythms that stop at once."""

import asyncio
import time

from machine import Pin

from display.alarms import Alarms
from display.button import SAMPLE_MS, Button
from display.press import LONG_MS, Press
from display.sounder import RHYTHMS, TICK_MS, Sounder
from node.pulse import LIMIT_MS, Pulse

BUTTON, BUZZER, LAMP = 0, 4, 5
MAC = b"\xc0\x3d\x5a\x89\xa3\x01"


def presses(pattern):
    """Play samples, "_" for a button that is down; return what was counted."""
    press = Press()
    found = []
    for number, letter in enumerate(pattern):
        kind = press.take(letter == "_", number * SAMPLE_MS)
        if kind:
            found.append((kind, number))
    return [kind for kind, _ in found]


def test_a_press_counts_once_however_its_contacts_bounce():
    assert presses("-----____-----") == ["short"]
    assert presses("--_-_--_______-_-__-_-----") == ["short"]
    assert presses("____-----____-----") == ["short", "short"]


def test_a_spike_is_no_press():
    assert presses("----_---__---_----") == []


def test_a_long_press_counts_while_it_is_still_held_and_not_again_at_its_end():
    long = "_" * (LONG_MS // SAMPLE_MS + 4)
    assert presses(long) == ["long"]
    assert presses(long * 3 + "-----") == ["long"]
    assert presses(long + "-----____-----") == ["long", "short"]


async def test_the_button_sleeps_until_its_pin_changes():
    found = []
    button = Button(BUTTON, found.append)
    pulse = Pulse("button")

    def is_missed_later():
        return pulse.missing(time.ticks_add(time.ticks_ms(), 2 * LIMIT_MS))

    task = asyncio.create_task(button.run(pulse))
    await asyncio.sleep_ms(100)
    Pin.levels[BUTTON] = 0
    await asyncio.sleep_ms(100)
    assert found == []  # nobody looks without the interrupt
    assert not is_missed_later()
    Pin.handlers[BUTTON](None)
    await asyncio.sleep_ms(100)
    assert is_missed_later()
    Pin.levels[BUTTON] = 1
    await asyncio.sleep_ms(150)
    assert found == ["short"]
    Pin.handlers[BUTTON](None)
    await asyncio.sleep_ms(150)
    task.cancel()
    assert found == ["short"]
    assert not is_missed_later()


def rings(pin):
    return Pin.levels[pin] == 1


async def heard(pin, ticks):
    """Listen for so many ticks; return a letter for each."""
    found = ""
    for _ in range(ticks):
        found += str(Pin.levels[pin])
        await asyncio.sleep_ms(TICK_MS)
    return found


async def test_each_severity_has_its_rhythm_and_an_acknowledged_alarm_is_silent_at_once():
    alarms = Alarms()
    sounder = Sounder(alarms, BUZZER, LAMP)
    task = asyncio.create_task(sounder.run(Pulse("sounder")))
    await asyncio.sleep_ms(10)
    assert not rings(BUZZER)
    alarms.test(MAC, "critical", 0)
    sounder.look()
    await asyncio.sleep_ms(TICK_MS // 2)
    assert await heard(BUZZER, 10) == RHYTHMS["critical"][:10]
    alarms.test(MAC, "warning", 0)
    await asyncio.sleep_ms(TICK_MS)
    assert rings(BUZZER)
    alarms.acknowledge()
    await asyncio.sleep_ms(TICK_MS)
    assert "1" not in await heard(BUZZER, 10)
    assert "1" in await heard(LAMP, 20)  # it stands: the lamp reminds
    alarms.end_test(100)
    await asyncio.sleep_ms(2 * TICK_MS)
    assert "1" not in await heard(LAMP, 5)
    task.cancel()


def test_without_pins_nothing_is_driven():
    sounder = Sounder(Alarms(), -1, -1)
    sounder._play("critical", 0)
    assert Pin.levels == {}
