"""What somebody took note of does not ring again after a restart, and what is new does."""

import json

from display.alarm_rules import FINE, WRONG
from display.alarms import MOST_ALARMS
from display.notes import PATH, Notes
from test_alarms import MAC, OTHER, Story


def acknowledged(story, value=150):
    """Let an alarm ring and somebody take note of it."""
    story.go(WRONG, 11, value)
    story.alarms.notes = Notes()
    story.alarms.notes.take(story.alarms.acknowledge())
    story.alarms.notes.keep(None)
    return story


def restarted(story):
    """Return the story as it goes on after a restart of the node."""
    after = Story(*story.kind, story.limit)
    after.alarms.notes = Notes()
    return after


def test_what_was_acknowledged_is_quiet_after_a_restart_too():
    after = restarted(acknowledged(Story())).go(WRONG, 11, 120)
    assert after.states == ["acknowledged"]
    assert after.alarms.loudest() == ""


def test_what_ended_while_the_node_was_off_rings_when_it_comes_again():
    after = restarted(acknowledged(Story()))
    assert after.go(FINE, 1).go(WRONG, 11).states == ["raised"]
    assert after.alarms.notes.changed


def test_near_the_limit_after_a_restart_nothing_has_changed():
    after = restarted(acknowledged(Story()))
    assert after.go(0, 20).go(WRONG, 11).states == ["acknowledged"]


def test_what_ended_while_the_node_ran_rings_when_it_comes_again():
    story = acknowledged(Story()).go(FINE, 11)
    assert len(story.alarms.notes) == 0
    story.alarms.notes.keep(None)
    assert restarted(story).go(WRONG, 11).states == ["raised"]


def test_a_further_bit_or_another_code_after_a_restart_rings():
    for kind, same, other in (("device_alarm", 1, 3), ("charger_error", 17, 2)):
        story = acknowledged(Story(kind, "critical", None), same)
        assert restarted(story).go(WRONG, 4, same).states == ["acknowledged"]
        assert restarted(story).go(WRONG, 4, other).states == ["raised"]


def test_no_note_is_taken_of_a_test_nor_kept_of_a_forgotten_device():
    story = Story()
    story.alarms.test(OTHER, "critical", 0)
    acknowledged(story)
    assert len(story.alarms.notes) == 1
    story.alarms.forget(OTHER)
    assert len(story.alarms.notes) == 1
    story.alarms.forget(MAC)
    assert len(story.alarms.notes) == 0


def test_notes_are_bounded_and_damaged_ones_do_no_harm():
    write({str(number): 1 for number in range(MOST_ALARMS)})
    assert len(acknowledged(Story()).alarms.notes) == MOST_ALARMS
    write({"C03D5A89A301 device_alarm": []})
    assert restarted(Story("device_alarm", "critical", None)).go(WRONG, 4, 1).states == ["raised"]


def write(content):
    with open(PATH, "w") as file:
        json.dump(content, file)
