"""Whole nodes on fake radios: silence without a key, commands, and staying alive."""

import asyncio
import sys
from binascii import crc32

import bluetooth
import espnow
import machine
from esp32 import NVS

from host import Input, Output, command
from node import serial_port
from node.config import Config

SECRETS = {"sensor": {"node_key": "ab" * 16, "site_tag": 7}, "display": {"site_key": "cd" * 16}}


class Node:
    """A node's app, built by its main module, with our ends of the serial line."""

    def __init__(self, role):
        self.role = role
        self.output = Output()
        self.input = Input()
        self.app = None

    async def run(self, seconds, commands=()):
        """Run for a while, then hand in raw command lines; return what happened last."""
        node = self

        class Port(serial_port.SerialPort):
            def __init__(self):
                super().__init__(node.input, node.output)
                self._stream = node

        from node import app

        app.SerialPort = Port
        module = __import__(self.role + ".main")
        started = []
        run = asyncio.run
        asyncio.run = started.append
        try:
            sys.modules[self.role + ".main"].run()
        finally:
            asyncio.run = run
        self.pending = list(commands)
        task = asyncio.create_task(started[0])
        try:
            await asyncio.wait_for(task, seconds)
        except asyncio.TimeoutError:
            pass
        return module

    async def readinto(self, buffer):
        """Play the stream that the port waits for."""
        while not self.pending and not self.input.data:
            await asyncio.sleep_ms(10)
        if self.pending:
            self.input.data += self.pending.pop(0)
        return self.input.readinto(buffer)


def provisioned(role):
    settings = {"role": role, "name": "x"}
    settings.update(SECRETS[role])
    Config(role).provision(settings)


async def an_unprovisioned_node_is_silent(role):
    node = Node(role)
    await node.run(1.5)
    assert espnow.ESPNow.sent == []
    assert espnow.ESPNow.reads == 0
    assert not espnow.ESPNow.opened
    assert not bluetooth.BLE.scanning
    hello = node.output.json("hello")[0]
    assert (hello["role"], hello["provisioned"], hello["mac"]) == (role, False, "240AC4000001")


async def test_an_unprovisioned_sensor_node_neither_sends_nor_listens():
    await an_unprovisioned_node_is_silent("sensor")


async def test_an_unprovisioned_display_node_neither_sends_nor_listens():
    await an_unprovisioned_node_is_silent("display")


async def test_a_provisioned_sensor_node_scans_and_asks():
    provisioned("sensor")
    await Node("sensor").run(1.5)
    assert espnow.ESPNow.sent
    assert espnow.ESPNow.settings["rxbuf"] >= 14 + 1470  # a stranger's longest frame finds room


async def test_the_first_frame_of_a_start_has_an_epoch_above_the_last_one_in_flash_already():
    provisioned("sensor")
    NVS.flash[("node", "epoch")] = 41
    in_flash = []
    espnow.ESPNow.on_send = lambda *_: in_flash.append(NVS.flash[("node", "epoch")]) or True
    await Node("sensor").run(0.5)
    assert in_flash[0] == 42
    assert int.from_bytes(espnow.ESPNow.sent[0][2][4:8], "little") == 42


async def test_a_provisioned_display_node_listens():
    provisioned("display")
    await Node("display").run(0.5)
    assert espnow.ESPNow.reads


async def a_node_is_provisioned_over_the_line(role):
    node = Node(role)
    settings = {"role": role, "name": "Küche", "epoch": 1_700_000_000}
    settings.update(SECRETS[role])
    await node.run(1, [command(1, "provision", settings)])
    assert machine.resets == 1
    assert node.output.acks() == [(1, True, "", {})]
    again = Config(role)
    assert (again.provisioned, again.name) == (True, "Küche")
    for secret in ("ab" * 16, "cd" * 16):
        assert secret.encode() not in node.output.raw


async def test_a_sensor_node_is_provisioned_over_the_line():
    await a_node_is_provisioned_over_the_line("sensor")


async def test_a_display_node_is_provisioned_over_the_line():
    await a_node_is_provisioned_over_the_line("display")


async def test_bad_provisioning_is_answered_by_reason_and_changes_nothing():
    node = Node("sensor")
    good = {"role": "sensor", "name": "", "epoch": 5}
    good.update(SECRETS["sensor"])
    changes = (
        ("role", "display"),
        ("name", 5),
        ("epoch", -1),
        ("node_key", "ab"),
        ("node_key", "zz" * 16),
        ("site_tag", 70000),
    )
    commands = []
    for name, value in changes:
        bad = dict(good)
        bad[name] = value
        commands.append(command(len(commands), "provision", bad))
    await node.run(1, commands)
    assert [ack[2] for ack in node.output.acks()] == ["bad_" + name for name, _ in changes]
    assert not Config("sensor").provisioned


async def a_node_speaks_the_console_of_both(role):
    node = Node(role)
    names = ("hello", "counters", "time", "set", "options", "log", "teapot")
    await node.run(2, [command(n, name, {"unix": 1_763_841_600}) for n, name in enumerate(names)])
    outcomes = [reason for _, _, reason, _ in node.output.acks()]
    assert outcomes == ["", "", "", "unknown_option", "", "", "unknown_command"], outcomes
    assert len(node.output.json("hello")) == 2
    assert machine.RTC.value[:3] == (2025, 11, 22)


async def test_a_sensor_node_speaks_the_console_of_both():
    await a_node_speaks_the_console_of_both("sensor")


async def test_a_display_node_speaks_the_console_of_both():
    await a_node_speaks_the_console_of_both("display")


async def counters_fit_into_a_line(role):
    from protocol.serial_framing import MAX_LINE

    provisioned(role)
    node = Node(role)
    await node.run(1, [command(1, "counters"), command(2, "counters", {"of": "radio"})])
    counters, radio = [ack[3] for ack in node.output.acks()]
    assert {"acknowledged", "unacknowledged", "retries", "received", "faults"} <= set(radio)
    # Every number may grow by 7 digits, and six reasons of refusal may join.
    room = 40 + len(str(counters)) + 7 * len(counters) + 6 * 24
    assert room < MAX_LINE, room


async def test_counters_of_a_sensor_node_fit_into_a_line_after_a_year_too():
    await counters_fit_into_a_line("sensor")


async def test_counters_of_a_display_node_fit_into_a_line_after_a_year_too():
    await counters_fit_into_a_line("display")


async def test_broken_lines_are_counted_by_reason_and_stop_nothing():
    node = Node("sensor")
    good = command(1, "hello")
    damaged = good.replace(b"hello", b"jello")
    long = b"#V1 " + b"x" * 3000 + b"\n"
    await node.run(4, [b"ets Jul 29 2019\r\n", damaged, long, command(2, "counters")])
    refused = node.output.acks()[0][3]["refused"]
    assert refused == {"not_ours": 1, "bad_crc": 1, "line_too_long": 1}, refused


async def test_a_command_longer_than_the_input_ring_can_promise_is_answered_and_not_run():
    from protocol.serial_framing import MAX_COMMAND

    def padded(number, length):
        start = b'#V1 1 cmd %d time {"unix":1763841600,"x":"' % number
        signed = start + b"y" * (length - len(start) - len(b'"} *00000000') - 2) + b'"}'
        return b"\n%s *%08x\n" % (signed, crc32(signed))

    node = Node("sensor")
    await node.run(2, [padded(1, MAX_COMMAND + 1), padded(2, MAX_COMMAND)])
    assert [ack[:3] for ack in node.output.acks()] == [(1, False, "line_too_long"), (2, True, "")]


async def test_the_prompt_is_given_behind_a_reset_and_without_a_watchdog():
    await Node("display").run(1, [command(1, "repl")])
    assert machine.resets == 1
    machine.WDT.timeout = None
    run = asyncio.run
    asyncio.run = None  # nobody may start the app
    sys.modules["display.main"].run()
    asyncio.run = run
    assert machine.WDT.timeout is None


async def test_reboot_answers_first():
    node = Node("sensor")
    acks = []
    machine.at_reset.append(lambda: acks.extend(node.output.acks()))
    await node.run(1, [command(1, "reboot")])
    assert acks == [(1, True, "", {})]


async def test_the_display_node_says_for_which_devices_it_has_keys():
    node = Node("display")
    mac, other = "C03D5A89A301", "C03D5A89A302"
    secret = "0123456789abcdef" * 2
    await node.run(
        1,
        [
            command(1, "key", {"mac": mac, "key": secret, "name": "Shunt"}),
            command(2, "key", {"mac": other, "key": secret, "name": ""}),
            command(3, "forget", {"mac": other}),
            command(4, "devices"),
            command(5, "key", {"mac": mac, "key": "00", "name": ""}),
            command(6, "key", {"mac": "x", "key": secret, "name": ""}),
        ],
    )
    acks = node.output.acks()
    assert acks[3][3]["macs"] == [mac]
    assert [ack[2] for ack in acks[4:]] == ["key_wrong_length", "bad_mac"]
    assert secret.encode() not in node.output.raw
