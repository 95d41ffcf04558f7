"""The check as a person runs it, on boards that are good, bad, silent and pulled."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware_check.__main__ import main
from hardware_check.steps import STEPS
from hardware_check.talk import Talk

from .board import SENSOR_MAC, VICTRON, Air, Board, Ports

QUICK = ("--seconds", "30", "--channels", "1,11")


class Person:
    """Somebody who reads and answers."""

    def __init__(self, *answers: str, silent: bool = False) -> None:
        self.answers = list(answers)
        self.out = io.StringIO()
        self.talk = Talk(self.out, self._answer, silent=silent)

    def _answer(self, _question: str) -> str:
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    @property
    def read(self) -> str:
        return self.out.getvalue()


class Check:
    """One run."""

    def __init__(self, folder: Path) -> None:
        self.air = Air()
        self.display = Board(self.air)
        self.sensor = Board(self.air, "sensor")
        self.person = Person(silent=True)
        self.report = folder / "report.md"

    def run(self, *arguments: str, sensor: bool = False) -> int:
        ports = Ports(self.air, display=self.display, sensor=self.sensor)
        words = ["--port", "display", "--output", str(self.report), *QUICK, *arguments]
        words += ["--sensor-port", "sensor"] if sensor else []
        return main(words, self.person.talk, ports.opened)

    @property
    def figures(self) -> dict[str, Any]:
        """Return what the report holds for machines."""
        text = self.report.read_text()
        found: dict[str, Any] = json.loads(text.partition("```json")[2].partition("```")[0])
        return found

    def step(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.figures["steps"][key]
        return found


@pytest.fixture
def check(tmp_path: Path) -> Check:
    return Check(tmp_path)


# Good boards


def test_two_good_boards_have_a_complete_report_without_objection(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    check.sensor.counters = {"receipts": 4, "missing_receipts": 0}
    check.person = Person("120", "85,5")
    pull(check)
    assert check.run(sensor=True) == 0, check.person.read
    assert set(check.figures["steps"]) == set(STEPS)
    assert check.figures["complete"] is True
    assert check.report.read_text() in capsys.readouterr().out
    (device, *_) = check.step("air")
    assert device["per_minute"] == pytest.approx(60, abs=3)
    assert device["missing_percent"] == 0
    assert [one.get("heap_low") for one in check.step("memory")] == [60_000, 60_000]
    assert [one["us"] for one in check.step("hmac")] == [2500, 2500]
    assert check.step("i2c")[0]["ms"] == 27.5
    assert [one["came"] for one in check.step("scanning")] == [9, 0]
    assert [one["ma"] for one in check.step("power")] == [120, 85.5]
    assert check.step("unplug")[0]["reading_s"] > 0


def test_nothing_in_the_report_identifies_anybody(check: Check) -> None:
    check.run(sensor=True)
    text = check.report.read_text().lower()
    for secret in (SENSOR_MAC, VICTRON.hex(), "246F28000001", "Martha"):
        assert secret.lower() not in text


def test_what_slips_through_is_taken_out(check: Check) -> None:
    check.display.hello["chip"] = "ESP32 24:6F:28:00:00:01 246f28000001 " + "ab" * 16
    check.run("--only", "hello")
    text = check.report.read_text()
    assert "24:6F" not in text
    assert "246f28" not in text
    assert "abab" not in text
    assert "(address) (address) (key)" in text


def test_losses_between_device_and_display_node_are_found(check: Check) -> None:
    check.air.nonces = {second: 2 * second for second in range(900, 1200)}
    assert check.run("--only", "air") == 1
    assert check.step("air")[0]["missing_percent"] == pytest.approx(50, abs=2)


def test_losses_on_the_radio_are_found(check: Check) -> None:
    check.display.at.append((check.air.now + 15, lambda: check.display.node.update(lost=10)))
    assert check.run("--only", "air") == 1
    radio = next(one for one in check.step("air") if one["what"].startswith("radio"))
    assert radio["lost"] == 10


def test_lines_that_the_cable_spoils_are_counted(check: Check) -> None:
    def spoil() -> None:
        check.display.skip(3)
        check.display.say(b"\n#V1 7 adv spoilt *00000000\n")

    check.display.at.append((check.air.now + 5, spoil))
    assert check.run("--only", "air") == 1
    found = next(one for one in check.step("air") if one["what"].startswith("USB"))
    assert (found["lost"], found["unreadable"]) == (3, {"bad_crc": 1})


def test_receipts_are_compared_with_what_radios_acknowledge(check: Check) -> None:
    before = {"receipts": 0, "missing_receipts": 0, "acknowledged": 0, "unacknowledged": 0}
    after = {"receipts": 2, "missing_receipts": 8, "acknowledged": 100, "unacknowledged": 0}
    check.sensor.counters = before
    check.display.at.append((check.air.now + 15, lambda: check.sensor.counters.update(after)))
    assert check.run("--only", "air", sensor=True) == 1
    found = next(one for one in check.step("air") if one["what"].startswith("frames"))
    assert (found["mac_acknowledged_percent"], found["receipts_percent"]) == (100, 20)


def test_channels_are_tried_and_the_former_one_is_put_back(check: Check) -> None:
    assert check.run("--only", "channels") == 0
    tried = [args["channel"] for name, args in check.display.commands if name == "set"]
    assert tried == [1, 11, 6]
    assert [one["channel"] for one in check.step("channels")] == [1, 11, 6]
    assert all(one["found_s"] is not None for one in check.step("channels"))


def test_time_to_find_a_channel_ends_with_a_reading_of_after_the_move(check: Check) -> None:
    """Behind a hello come readings of before."""
    check.display.on_set = lambda: silence(check, 4)
    assert check.run("--only", "channels") == 0
    assert all(4 <= one["found_s"] <= 6 for one in check.step("channels"))


def test_sensor_node_that_does_not_find_the_channel_is_pointed_out(check: Check) -> None:
    check.display.on_set = lambda: silence(check, 60)
    assert check.run("--only", "channels") == 1
    assert "no reading within 15 s" in check.report.read_text()


def silence(check: Check, seconds: float) -> None:
    """Let nothing be heard of the Victron device for a while."""
    check.air.silent = True
    end = check.air.now + seconds
    check.display.at.append((end, lambda: setattr(check.air, "silent", False)))


def test_channel_that_wifi_decides_is_not_measured_as_another(check: Check) -> None:
    check.display.follows_channel = False
    check.run("--only", "channels")
    assert [one["verdict"] for one in check.step("channels")] == ["not measured"] * 2 + ["ok"]


@pytest.mark.parametrize(
    ("spoil", "step"),
    [
        (lambda board: board.hello.update(mp="1.26.1"), "hello"),
        (lambda board: board.hello.update(provisioned=False), "hello"),
        (lambda board: board.health.update(heap_low=9_000), "memory"),
        (lambda board: board.measured.update(hmac={"us": 12_000}), "hmac"),
        (lambda board: board.measured.update(i2c={"ms": 250.0}), "i2c"),
    ],
)
def test_what_is_not_as_it_should_be_is_pointed_out(
    check: Check, spoil: Callable[[Board], None], step: str
) -> None:
    spoil(check.display)
    assert check.run("--only", step) == 1
    assert "look at this" in [one["verdict"] for one in check.step(step)]


def test_sensor_node_that_hears_no_answer_even_with_the_scan_paused_is_pointed_out(
    check: Check,
) -> None:
    check.sensor.measured["scan_rx"]["paused"] = 0
    assert check.run("--only", "scanning", sensor=True) == 1


def test_firmware_that_cannot_measure_is_no_fault_of_the_board(check: Check) -> None:
    check.display.refuse = {"measure": "unknown_command"}
    assert check.run("--only", "hmac,i2c") == 0
    assert "this firmware cannot measure it" in check.report.read_text()


def test_panel_that_is_not_there_is_said_to_be_so(check: Check) -> None:
    check.display.measured["i2c"] = {"error": "nothing_there"}
    assert check.run("--only", "i2c") == 0
    assert "nothing to measure it with" in check.report.read_text()


def test_sensor_node_alone_is_checked_as_far_as_it_goes(check: Check) -> None:
    check.display = Board(check.air, "sensor")
    assert check.run() == 0
    assert "no display node on a port" in check.report.read_text()


def test_what_needs_a_person_is_left_out_without_one(check: Check) -> None:
    assert check.run("--only", "power,unplug") == 0
    assert {one["verdict"] for key in ("power", "unplug") for one in check.step(key)} == {
        "not measured"
    }


def test_nobody_at_the_keyboard_is_no_reason_to_fail(check: Check) -> None:
    check.person = Person()
    assert check.run("--only", "power") == 0
    assert {one["verdict"] for one in check.step("power")} == {"not measured"}


def test_answer_that_is_no_number_is_asked_for_again(check: Check) -> None:
    check.person = Person("a lot", "90", "")
    check.run("--only", "power")
    assert [one.get("ma") for one in check.step("power")] == [90, None]


# Bad ones


def test_port_that_is_not_there_is_said_in_one_sentence(check: Check) -> None:
    ports = Ports(check.air)
    assert main(["--port", "nowhere"], check.person.talk, ports.opened) == 2
    assert "There is no port nowhere." in check.person.read


def test_board_that_does_not_answer_is_said_to_be_silent_and_the_port_let_go(check: Check) -> None:
    check.display.answers = False
    assert check.run() == 2
    assert "The port is silent." in check.person.read
    assert check.display.closed
    assert not check.report.exists()


def test_something_else_on_the_port_is_told_from_silence(check: Check) -> None:
    check.display.answers = False
    check.display.at.append((check.air.now + 1, lambda: check.display.send("x", "y")))
    check.display.send = lambda *_: setattr(check.display, "_out", b"\r\nlogin: \r\n")  # type: ignore[method-assign]
    assert check.run() == 2
    assert "none of our nodes" in check.person.read


def test_boot_messages_before_the_hello_do_no_harm(check: Check) -> None:
    from .board import BOOT

    check.display.boot = BOOT
    assert check.run("--only", "hello") == 0


def test_boards_on_each_others_ports_are_told_apart(check: Check) -> None:
    check.display, check.sensor = check.sensor, check.display
    assert check.run(sensor=True) == 2
    assert "The display node belongs on --port" in check.person.read
    assert check.display.closed
    assert check.sensor.closed


def test_two_boards_of_one_kind_are_told(check: Check) -> None:
    check.sensor = Board(check.air, "display")
    assert check.run(sensor=True) == 2
    assert "Both ports lead to a display node." in check.person.read
    assert check.display.closed
    assert check.sensor.closed


def test_board_that_falls_silent_in_the_middle_leaves_an_incomplete_report(check: Check) -> None:
    check.display.at.append((check.air.now + 5, lambda: setattr(check.display, "answers", False)))
    assert check.run() == 2
    assert check.figures["complete"] is False
    assert "**stopped before the end**" in check.report.read_text()


def test_board_that_is_unplugged_in_the_middle_is_named_as_gone(check: Check) -> None:
    check.display.at.append((check.air.now + 20, lambda: setattr(check.display, "gone", True)))
    assert check.run() == 2
    assert "The board is gone." in check.person.read
    assert check.figures["complete"] is False
    assert check.display.closed


# A person's doings


def pull(check: Check, away_s: float = 5) -> None:
    """Pull the cable as soon as it is asked for, and plug it in again."""
    board = check.display
    say = check.person.talk.say

    def watched(text: str = "") -> None:
        say(text)
        if "Pull the USB cable" in text:
            board.at.append((board.air.now + 2, lambda: setattr(board, "gone", True)))
        if "It is gone" in text:
            board.at.append((board.air.now + away_s, lambda: setattr(board, "gone", False)))

    check.person.talk.say = watched  # type: ignore[method-assign]


def test_return_after_unplugging_is_measured(check: Check) -> None:
    check.person = Person()
    check.person.talk.silent = False
    pull(check)
    assert check.run("--only", "unplug") == 0
    (found,) = check.step("unplug")
    assert found["hello_s"] < 1
    assert 0 < found["reading_s"] < 3


def test_board_that_does_not_come_back_is_said_to_be_missing(check: Check) -> None:
    check.person = Person()
    pull(check, away_s=10_000)
    assert check.run("--only", "unplug") == 2
    assert "There is no port display." in check.person.read


def test_ctrl_c_puts_the_channel_back_and_keeps_what_was_found(check: Check) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    say = check.person.talk.say

    def watched(text: str = "") -> None:
        say(text)
        if "Channel 11" in text:
            check.display.at.append((check.air.now + 3, interrupt))

    check.person.talk.say = watched  # type: ignore[method-assign]
    assert check.run("--only", "hmac,channels") == 130
    assert check.display.options["channel"] == 6
    assert check.figures["complete"] is False
    assert check.step("hmac")[0]["us"] == 2500
    assert check.display.closed


# What may be typed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--port"),
        (["--port", "x", "--seconds", "0"], "more than 0"),
        (["--port", "x", "--seconds", "soon"], "--seconds"),
        (["--port", "x", "--channels", "14"], "1 to 13"),
        (["--port", "x", "--only", "magic"], "no step magic"),
    ],
)
def test_unusable_words_are_named_in_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_report_that_cannot_be_written_is_still_printed(
    check: Check, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    check.report = tmp_path / "no" / "such" / "folder.md"
    assert check.run("--only", "hello") == 0
    assert "could not be written" in check.person.read
    assert "# Hardware check" in capsys.readouterr().out
