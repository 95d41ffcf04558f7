"""An alarm is shown whatever has become of the file of words."""

import os
import sys

from display.alarm_page import words
from display.alarms import Alarm

sys.path.append(os.getcwd())

WHOLE = b":code charger_error\n1 hot\n12 cold\n:bits alarm_reason\n0 low\n3 high\n"
SOLAR, BATTERY = 0x01, 0x02


def told(data):
    """Return what is said with such a file of a charger's error and of a battery's alarm."""
    with open("words.txt", "wb") as file:
        file.write(data)
    error = Alarm(b"", "charger_error", "warning", 1, None, 0)
    alarm = Alarm(b"", "device_alarm", "critical", 9, None, 0)
    return words(error, SOLAR), words(alarm, BATTERY)


def test_a_whole_file_says_what_is_wrong():
    assert told(WHOLE) == ("hot (1)", "low, high")


def test_an_alarm_without_a_reason_is_said_by_its_kind():
    told(WHOLE)
    assert words(Alarm(b"", "device_alarm", "critical", None, None, 0), BATTERY) == "device alarm"


def test_without_the_file_the_kind_of_alarm_is_said():
    told(b"")
    os.remove("words.txt")
    alarm = Alarm(b"", "device_alarm", "critical", 9, None, 0)
    assert words(alarm, BATTERY) == "device alarm"


def test_a_cut_file_says_less_and_nothing_wrong():
    errors = set()
    alarms = set()
    for length in range(len(WHOLE)):
        error, alarm = told(WHOLE[:length])
        errors.add(error)
        alarms.add(alarm)
    assert errors == {"charger error", "unknown (1)", "hot (1)"}, errors
    assert alarms == {
        "device alarm",
        "unknown (bit 0), unknown (bit 3)",
        "low, unknown (bit 3)",
    }, alarms


def test_a_file_of_something_else_says_the_kind_of_alarm():
    for wrong in (
        b"\xff\xfe\x00\n",
        b":bits charger_error alarm_reason\n\n",
        b":bits charger_error alarm_reason\none two\n",
        b":code charger_error\n1 \xff\xff\n:bits alarm_reason\n0 \xff\n",
        b":sort charger_error alarm_reason\n1 hot\n",
        bytes(4096),
    ):
        assert told(wrong) == ("charger error", "device alarm"), wrong
