"""Who a node is: versions and other sites, an epoch that never falls, and flash that cannot be read."""

import asyncio
import json
import os

import machine
from esp32 import NVS

from host import Output
from node import app as node_app
from node import commands, health, introduction, json_file
from node.config import BadSetting, Config
from node.epoch import Epoch
from node.kept import Kept
from node.option_store import BadOption
from node.serial_port import SerialPort
from node.watchdog import Watchdog
from protocol.serial_framing import MAX_LINE
from protocol.serial_json import encode_json, parse_json
from raising import raises

SENSOR = {"role": "sensor", "name": "Bow", "epoch": 1_700_000_000, "node_key": "0f" * 16}
SENSOR["site_tag"] = 513


def changed(**changes):
    settings = dict(SENSOR)
    settings.update(changes)
    return settings


class Radio:
    mac = b"\x24\x0a\xc4\x00\x00\x01"
    channel = 6


def app(role="sensor"):
    output = Output()
    node_app.SerialPort = lambda: SerialPort(sink=output)
    made = node_app.App(role, Radio(), Kept(), Watchdog())
    made.output = output
    return made


def test_a_file_of_another_version_is_not_used():
    Config("sensor").provision(SENSOR)
    content, _ = json_file.load("config.json")
    assert content["version"] == 1
    content["version"] = 2
    json_file.save("config.json", content)
    config = Config("sensor")
    assert (config.provisioned, config.problem) == (False, "bad_version")


def test_a_node_that_is_moved_to_another_site_forgets_everything_of_the_former():
    Config("sensor").provision(SENSOR)
    for name in ("home.json", "options.json", "keys.json", "keys.json.new"):
        json_file.save(name, {"secret": 1})
    Kept().role_data = b"sequence"
    Config("sensor").provision(changed(node_key="ab" * 16))
    app()
    assert os.listdir() == ["config.json"]
    assert Kept().role_data == b""
    config = Config("sensor")
    assert (config.provisioned, config.key, config.finish_move()) == (True, b"\xab" * 16, False)


def test_a_power_cut_while_the_former_site_is_forgotten_only_delays_it():
    Config("sensor").provision(SENSOR)
    json_file.save("home.json", {})
    Config("sensor").provision(changed(node_key="ab" * 16))
    save = json_file.save

    def cut(*_):
        raise KeyboardInterrupt

    json_file.save = cut
    raises(KeyboardInterrupt, Config("sensor").finish_move)
    json_file.save = save
    json_file.save("keys.json", {})
    assert Config("sensor").finish_move()
    assert os.listdir() == ["config.json"]


def test_flash_that_does_not_let_go_of_the_former_site_is_reported_and_the_node_runs():
    Config("sensor").provision(SENSOR)
    Config("sensor").provision(changed(node_key="ab" * 16))
    save = json_file.save

    def fail(*_):
        raise OSError(5)

    json_file.save = fail
    made = app()
    json_file.save = save
    assert (made.config.provisioned, "former_site" in made.problems) == (True, True)
    assert "former_site" not in app().problems


def test_a_node_that_is_provisioned_again_for_the_same_site_keeps_its_settings():
    Config("sensor").provision(SENSOR)
    json_file.save("options.json", {"version": 1})
    Config("sensor").provision(changed(name="Stern", epoch=1_800_000_000))
    app()
    assert sorted(os.listdir()) == ["config.json", "options.json"]
    assert Config("sensor").name == "Stern"


def test_settings_made_before_the_first_provisioning_stay():
    json_file.save("options.json", {"version": 1})
    Config("sensor").provision(SENSOR)
    app()
    assert sorted(os.listdir()) == ["config.json", "options.json"]


def test_a_board_that_gets_another_role_starts_clean():
    Config("sensor").provision(SENSOR)
    json_file.save("home.json", {})
    display = Config("display")
    assert (display.provisioned, display.problem) == (False, "bad_role")
    display.provision({"role": "display", "site_key": "cd" * 16})
    made = app("display")
    assert (made.config.provisioned, made.problems) == (True, [])
    assert os.listdir() == ["config.json"]


def test_every_problem_of_the_start_is_in_the_log_and_the_first_in_the_hello():
    with open("config.json", "w") as file:
        file.write("{")
    with open("options.json", "w") as file:
        file.write("[]")
    made = app()
    introduction.find_problems(made)
    introduction.tell_start(made)
    assert introduction.hello(made)["problem"] == "config_damaged"
    told = [text for _, text in made.output.lines("log")]
    assert any("options_damaged" in text for text in told)


def test_a_name_with_half_a_letter_does_not_make_the_hello_unreadable():
    for file, json_of_a_name in (
        ("config.json", '{"role":"sensor","site_tag":5,"node_key":"%s","name":%%s}' % ("0f" * 16)),
        ("options.json", '{"version":1,"options":{"name":%s}}'),
    ):
        for name, read in (
            ('"\\ud83d"', None),
            ('"x\\ude90"', None),
            ('"\\ude90\\ud83d"', None),
            ('"\\ud83d\\ude90"', "🚐"),
            ('"🚐"', "🚐"),
        ):
            with open(file, "w") as opened:
                opened.write(json_of_a_name % name)
            made = app()
            introduction.find_problems(made)
            told = parse_json(encode_json(introduction.hello(made)))
            assert told["name"] == (read or ""), (file, name, told["name"])
            assert ("problem" in told) == (read is None), (file, name, told)
            os.remove(file)


def test_a_hello_fits_into_a_line_at_its_worst():
    error = raises(BadSetting, Config("sensor").provision, changed(name="#" * 17))
    assert error.reason == "bad_name"
    Config("sensor").provision(changed(name="#" * 16))
    Kept().give_reason('#"\\a' * 40)
    machine.cause = machine.WDT_RESET
    made = app()
    made.problems[:] = ["options_" + "x" * 90]
    made.boot = made.boots = 0xFFFFFFFF
    hello = introduction.hello(made)
    hello["experimental"] = True
    hello["chip"] = "ESP32C3"
    hello["uptime_s"] = hello["heap_free"] = 10**9
    assert (hello["reset"], hello["safe"]) == ("watchdog", False)
    made.send_json("hello", hello)
    assert made.output.json("hello") == [hello]
    assert len(made.output.raw) < MAX_LINE


def test_every_start_is_counted_and_has_a_higher_epoch():
    starts = [(one.boots, one.boot) for one in [app() for _ in range(3)]]
    assert starts == [(1, 1), (2, 2), (3, 3)]
    assert NVS.flash[("node", "boots")] == 3


def test_a_wake_from_deep_sleep_goes_on_in_its_epoch_and_writes_nothing():
    app()
    Kept().role_data = b"sequence"
    machine.cause = machine.DEEPSLEEP_RESET
    commits = NVS.commits
    made = app()
    assert (made.woke, made.boot, made.reset) == (True, 1, "deep_sleep")
    assert NVS.commits == commits


def test_a_wake_without_what_the_role_had_kept_begins_a_new_epoch():
    app()
    machine.cause = machine.DEEPSLEEP_RESET
    assert (app().woke, app().boot) == (False, 3)


def test_the_role_data_of_a_life_that_did_not_end_in_sleep_is_no_wake():
    Kept().role_data = b"sequence"
    machine.cause = machine.WDT_RESET
    made = app()
    assert (made.woke, made.boot) == (False, 1)


def test_an_epoch_that_cannot_be_read_silences_the_node_instead_of_starting_at_one():
    Config("sensor").provision(SENSOR)
    Epoch().seed(1_700_000_000)
    NVS.unreadable = True
    made = app()
    assert not made.config.provisioned
    introduction.find_problems(made)
    hello = introduction.hello(made)
    assert (hello["provisioned"], hello["problem"]) == (True, "epoch_unreadable")
    assert "OSError: -4353" in made.output.lines("log")[0][1]
    error = raises(commands.FlashUnreadable, commands.HANDLERS["provision"], made, SENSOR)
    assert error.reason == "flash_unreadable"
    NVS.unreadable = False
    assert NVS.flash[("node", "epoch")] == 1_700_000_000
    made = app()
    assert (made.config.provisioned, made.boot) == (True, 1_700_000_001)


def test_an_epoch_that_cannot_be_written_silences_the_node_too():
    Config("sensor").provision(SENSOR)
    NVS.broken = True
    made = app()
    assert (made.config.provisioned, made.boot) == (False, 0)


def test_flash_that_was_erased_does_not_take_the_epoch_below_its_provisioning():
    Config("sensor").provision(SENSOR)
    made = app()
    assert (made.boot, made.problems) == (1_700_000_001, ["epoch_lost"])
    assert app().problems == []


def test_without_an_epoch_nothing_is_provisioned():
    settings = dict(SENSOR)
    del settings["epoch"]
    made = app()
    assert raises(BadSetting, commands.HANDLERS["provision"], made, settings).reason == "bad_epoch"
    assert "config.json" not in os.listdir()


def test_secrets_are_in_the_file_and_in_no_line():
    made = app()
    commands.HANDLERS["provision"](made, SENSOR)
    made.send_json("hello", introduction.hello(made))
    introduction.tell_start(made)
    assert "0f" * 16 in json.dumps(json_file.load("config.json"))
    assert b"0f" * 4 not in made.output.raw


def test_a_name_that_is_set_later_is_the_one_that_the_node_tells():
    Config("sensor").provision(SENSOR)
    made = app()
    assert introduction.hello(made)["name"] == "Bow"
    made.options.set({"name": "Küche"})
    assert introduction.hello(app())["name"] == "Küche"
    for name in ("x" * 33, "#" * 17, 5):
        error = raises(BadOption, app().options.set, {"name": name})
        assert error.reason == "bad_name"
    made.options.set({"name": ""})
    assert app().name == "Bow"


def test_a_person_is_told_how_it_goes():
    made = app()
    made.more_counters = lambda: {"seen": 4811, "sent": 1041, "frames": 400, "sweeps": 1}
    text = health.summary(made)
    assert "4811 advertisements, 1041 readings sent, 400 frames, channel 6" in text
    assert "sweeps" not in text


async def test_a_fault_in_a_task_that_nobody_supervises_is_told():
    made = app()
    run = asyncio.create_task(made.main())
    await asyncio.sleep_ms(10)

    async def fail():
        raise ValueError("nobody looks")

    failed = asyncio.create_task(fail())
    await asyncio.sleep_ms(10)
    run.cancel()
    assert failed.done()
    assert any("task: ValueError: nobody looks" in text for _, text in made.output.lines("log"))
