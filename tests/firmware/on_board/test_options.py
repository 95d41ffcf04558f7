"""Settings that a user may change: defaults, checks, one file."""

import json
import sys

from node import checks, json_file
from node.option_store import ROOM, BadOption, UnknownOption
from node.options import Options
from protocol.serial_payloads import encode_json
from raising import raises


class Table:
    """A role's module of options."""

    TABLE = {
        "bright": (7, checks.whole(0, 15), False),
        "ssid": ("", checks.text(32), False),
        "wifi_key": ("12345678", checks.text(63, 8), True),
        "wifi": ("off", checks.one_of("off", "station"), False),
        "shift": (0, checks.pin, False),
    }


def options(table=Table):
    sys.modules["some_table"] = table
    made = Options()
    made.add_table("some_table")
    return made


def test_without_a_file_everything_has_its_default_and_that_is_no_problem():
    made = options()
    assert (made["bright"], made["wifi"], made.problems) == (7, "off", [])


def test_whoever_asks_from_something_that_is_no_name_is_told():
    for after in (5, None, [], {}):
        try:
            options().answer({"after": after})
        except BadOption as error:
            if error.reason == "bad_after":
                continue
        raise AssertionError(after)


def test_what_was_set_is_there_after_a_restart():
    options().set({"bright": 3, "ssid": "Küche"})
    made = options()
    assert (made["bright"], made["ssid"], made["wifi"]) == (3, "Küche", "off")


def test_one_value_that_is_wrong_changes_nothing():
    made = options()
    for values, reason in (
        ({"bright": 3, "ssid": 5}, "bad_ssid"),
        ({"bright": 16}, "bad_bright"),
        ({"bright": True}, "bad_bright"),
        ({"bright": 3.5}, "bad_bright"),
        ({"shift": True}, "bad_shift"),
        ({"wifi": "on"}, "bad_wifi"),
        ({"wifi_key": "short"}, "bad_wifi_key"),
        ({"ssid": "ü" * 17}, "bad_ssid"),
        ({"ssid": None}, "bad_ssid"),
    ):
        error = raises(BadOption, made.set, values)
        assert (error.reason, made["bright"]) == (reason, 7)
    assert raises(UnknownOption, made.set, {"bright": 3, "teapot": 1}).reason == "unknown_option"
    assert made["bright"] == 7
    assert options()["bright"] == 7


def test_a_value_damaged_in_the_file_costs_only_itself_and_is_reported():
    json_file.save(
        "options.json", {"version": 1, "options": {"bright": 99, "ssid": "Bow", "teapot": 1}}
    )
    made = options()
    assert (made["bright"], made["ssid"], made.problems) == (7, "Bow", ["bad_bright"])


def test_a_file_that_cannot_be_used_leaves_the_defaults_and_says_why():
    for text, reason in (
        ("{", "damaged"),
        ("[]", "damaged"),
        ('{"version": 2, "options": {"bright": 1}}', "unknown_version"),
        ('{"version": 1, "options": [1]}', "bad_options"),
        ('{"version": 1}', "bad_options"),
    ):
        with open("options.json", "w") as file:
            file.write(text)
        made = options()
        assert (made["bright"], made.problems) == (7, [reason]), (text, made.problems)


def test_whoever_listens_hears_which_values_are_new():
    heard = []
    made = options()
    made.on_change(heard.append)
    made.set({"bright": 7})
    made.set({"bright": 3, "wifi": "off", "shift": 5})
    assert heard == [{"bright", "shift"}]


def test_nothing_is_used_that_could_not_be_stored():
    made = options()
    heard = []
    made.on_change(heard.append)
    save = json_file.save

    def fail(*_):
        raise OSError(28)

    json_file.save = fail
    raises(OSError, made.set, {"bright": 3})
    json_file.save = save
    assert (made["bright"], heard) == (7, [])


def test_setting_what_is_set_already_writes_nothing():
    made = options()
    made.set({"bright": 3})
    json_file.save = None
    made.set({"bright": 3})


def test_secrets_are_not_read_back():
    made = options()
    made.set({"wifi_key": "correct horse"})
    assert "horse" in str(json_file.load("options.json"))
    answer = made.answer({})
    assert sorted(answer["options"]) == ["bright", "shift", "ssid", "wifi"]
    assert "horse" not in json.dumps(answer)


def test_more_options_than_a_line_holds_are_answered_in_parts():
    class Many:
        TABLE = {"option_%02d" % n: ("x" * 20, checks.text(20), False) for n in range(40)}

    made = options(Many)
    found = {}
    args = {}
    parts = 0
    while True:
        answer = made.answer(args)
        assert len(encode_json(answer)) < ROOM + 100
        found.update(answer["options"])
        parts += 1
        if not answer.get("more"):
            break
        args = {"after": max(answer["options"])}
    assert (len(found), parts > 3) == (40, True)


def test_a_table_is_not_kept_in_memory():
    made = Options()
    made.add_table("node.option_table")
    made.set({"pin_led": 2})
    assert made["pin_led"] == 2
    assert "node.option_table" not in sys.modules
