"""What single pages of the OLED say, and that numbers are right to the last digit."""

import time

from air import md_of
from boat import BATTERY, Nodes, a_boat, a_face, heard
from display import (
    alarm_page,
    cause_page,
    identify_page,
    naming,
    network_page,
    screen,
    silence,
    survey_page,
)
from display.frame import UNKNOWN, age_text
from display.oled import HEIGHT
from display.readings import decimal, power_w, rounded
from display.registry import Registry


def test_scaled_integers_become_text_without_floats():
    cases = (
        ((1253, 2, 2), "12.53"),
        ((-3341, 3, 2), "-3.34"),
        ((-3345, 3, 2), "-3.35"),
        ((-4, 3, 2), "0.00"),
        ((123456, 3, 1), "123.5"),
        ((123456, 3, 0), "123"),
        ((5, 2, 2), "0.05"),
        ((-5, 2, 2), "-0.05"),
    )
    for arguments, text in cases:
        assert decimal(*arguments) == text, (arguments, decimal(*arguments))
    assert (rounded(-1500, 3), rounded(1499, 3)) == (-2, 1)


class Reading:
    def __init__(self, **values):
        self.values = values

    def exponent(self, name):
        return {"battery_voltage_v": 2, "battery_current_a": 3, "soc_pct": 1}.get(name, 0)


def test_power_is_voltage_times_current_with_its_sign():
    assert power_w(Reading(battery_voltage_v=1319, battery_current_a=-12345)) == -163
    assert power_w(Reading(battery_voltage_v=1319, battery_current_a=None)) is None


def test_the_age_is_told_in_one_unit():
    ages = [age_text(ms) for ms in (0, 59_999, 60_000, 3_600_000, 90_000_000)]
    assert ages == ["0s", "59s", "1m", "1h", "1d"]


def test_the_cause_of_an_empty_screen_is_named():
    empty = Registry()
    heard = Registry()
    heard.take(b"node", b"device", -50, 0, md_of(1))
    assert cause_page.cause(a_face(empty)) == "not_provisioned"
    assert cause_page.cause(a_face(empty, Nodes())) == "no_node"
    assert cause_page.cause(a_face(empty, Nodes(5))) == "no_device"
    assert cause_page.cause(a_face(heard, Nodes(5))) == "key_missing"


def test_who_fell_silent_is_told_apart():
    assert silence.whose(Nodes(0), heard(1000)) == ""
    assert silence.whose(Nodes(0, 60_000), heard(60_000)) == silence.DEVICE
    assert silence.whose(Nodes(60_000), heard(60_000)) == silence.RADIO
    assert silence.whose(Nodes(0, 60_000), heard(60_000, 1)) == silence.RADIO
    assert silence.whose(Nodes(0), heard(60_000, "forgotten")) == silence.RADIO
    assert silence.whose(Nodes(0), heard(1000, "forgotten")) == ""


def test_the_readings_of_a_sensor_node_that_sleeps_are_shown_until_it_should_have_woken():
    sleeping = Nodes(200_000, interval_ms=100_000)
    assert silence.whose(sleeping, heard(200_500)) == ""
    assert silence.whose(sleeping, heard(300_500)) == silence.DEVICE
    assert silence.whose(Nodes(301_000, interval_ms=100_000), heard(301_000)) == silence.RADIO


def written_by(draw):
    """Return the numbers and words that are drawn in large letters."""
    written = []
    number = screen.number
    screen.number = lambda canvas, font, text, *more: (
        written.append(text) or number(canvas, font, text, *more)
    )
    try:
        draw()
    finally:
        screen.number = number
    return written


def test_the_survey_knows_who_hears_what_in_the_second_when_it_begins_anew_to_collect_it():
    face = a_boat()
    face.registry.forget_strengths()
    written = written_by(lambda: survey_page.draw(face._oled.canvas, face, None))
    assert "-50" in written, written


def test_the_survey_counts_anew_every_minute_and_knows_no_loss_where_no_frame_came():
    face = a_boat()
    for node in face.nodes.present():
        node.frames = node.lost = 0
    face.registry.accepted = 70

    def written_after(seconds):
        began = time.ticks_add(time.ticks_ms(), -1000 * seconds)
        survey_page._count["base"] = (began,) + survey_page._count.get("base", (0, 0, 0, 0))[1:]
        return written_by(lambda: survey_page.draw(face._oled.canvas, face, None))

    assert written_after(30)[:2] == ["140", UNKNOWN]
    assert written_after(70)[0] == "60"
    assert written_after(30)[0] == "0"  # none since then


def test_a_board_that_nobody_told_the_time_shows_none():
    class Clock:
        now = (2000, 1, 1, 0, 5)

        @classmethod
        def localtime(cls):
            return cls.now

    network_page.time = Clock
    assert network_page._clock() == ""
    Clock.now = (2026, 6, 1, 17, 5)
    assert network_page._clock() == "17:05"


def test_an_alarms_words_are_looked_up_once_and_again_when_its_value_is_another_one():
    face = a_boat()
    alarm = face._watch.alarms
    alarm.test(BATTERY, "critical", 0)
    (alarm,) = alarm.active()
    asked = []
    words = alarm_page.words
    alarm_page.words = lambda *about: asked.append(about) or words(*about)
    for value in (1, 1, 2):
        alarm.value = value
        alarm_page.draw(face._oled.canvas, face, [alarm])
    assert len(asked) == 2


def test_without_limits_of_the_charge_the_bar_is_whole():
    face = a_boat()
    marked = bytes(face._oled.canvas)
    of = face.limits.of
    face.limits.of = lambda *about: tuple([None] * len(of(*about)))
    face._drawn = None
    face._show()
    assert bytes(face._oled.canvas) != marked


def test_a_stranger_is_called_by_the_end_of_its_address():
    face = a_boat()
    node = face.nodes.nodes[b"node"]
    node.state = None  # it has told nothing of itself yet
    face.keys.name_of = lambda _mac: ""
    assert naming.name_of(face, b"node") == "6F6465"[-4:]
    assert naming.name_of(face, BATTERY) == "7474"


def test_a_long_name_leaves_room_for_the_address():
    face = a_boat()
    face.app.name = "Saloon, port side, " * 4
    labels = []
    label = screen.label
    screen.label = lambda canvas, text, x, y: labels.append((y, text)) or label(canvas, text, x, y)
    identify_page.draw(face._oled.canvas, face, None)
    screen.label = label
    assert len(labels) == 5
    assert max(labels)[0] <= HEIGHT - screen.LETTER


def test_what_the_font_does_not_have_is_a_question_mark():
    shown, expected = [a_boat()._oled.canvas for _ in range(2)]
    for canvas in (shown, expected):
        screen.clear(canvas)
    screen.label(shown, "Küche", 0, 0)
    screen.label(expected, "K?che", 0, 0)
    assert bytes(shown) == bytes(expected)


def test_names_are_written_with_the_letters_that_the_font_has():
    from display.plain_letters import plain

    names = {
        "Küche #1": "Kueche #1", "Große Übersicht": "Grosse Uebersicht", "Été à Nîmes": "Ete a Nimes",
        "Æble Øst Å": "AEble Oest A", "Łódź": "Lodz", "Бортовая щит": "Bortovaya shchit",
        "Μπαταρία": "Mpataria", "e\u0301te\u0301": "ete", "10 – 20 °C": "10 - 20 C", "船": "?",
    }  # fmt: skip
    assert {name: plain(name) for name in names} == names
