"""What a port does to a board: its speed, control characters, being opened, being pulled out."""

import asyncio
import os
from pathlib import Path

import pytest

from simulator import Node, NodeError, World
from simulator.uart import BYTE_US, FIFO

from .conftest import StartScript, said, script_starter
from .sabotage import firmware_without

# What programs send to a port to see what is there.
PROBES = {
    "ModemManager": b"AT\r\nATI\r\nAT+CGMI\r\nAT+GCAP\r\n",
    "mpremote": b"\r\x03\x03\r\x01",
    "Ctrl-C": b"\x03",
    "Ctrl-D": b"\x04",
    "half a line": b"#V1 ",
    "zeros and noise": bytes(range(256)),
}


async def test_printing_takes_its_time_and_blocks_when_the_fifo_is_full(
    world: World, start_script: StartScript
):
    node = await start_script(
        """
        import machine, sys, time
        def took(length):
            start = time.ticks_us()
            sys.stdout.buffer.write(b"x" * length)
            machine.idle()
            return time.ticks_diff(time.ticks_us(), start)
        time.sleep(1)
        few = took(100)
        time.sleep(1)
        many = took(1000)
        print(" took", few, many, "end")
        """
    )
    text = await said(node, " end")
    few, many = map(int, text.split("took ")[1].split()[:2])
    assert few < 100
    assert many == pytest.approx((1000 - FIFO) * BYTE_US, abs=200)


async def test_the_speed_of_the_line_can_be_switched_off(world: World, start_script: StartScript):
    node = await start_script(
        "import machine, time\ntime.sleep(1)\n"
        "start = time.ticks_ms()\nprint('x' * 1000)\nmachine.idle()\n"
        "print('took', time.ticks_diff(time.ticks_ms(), start), 'end')"
    )
    node.uart.paced = False
    text = await said(node, " end")
    assert int(text.split("took ")[1].split()[0]) <= 1


async def test_a_line_as_long_as_the_ring_is_read_while_it_comes_and_lost_if_it_comes_at_once(
    world: World, start_script: StartScript
):
    node = await start_script(
        """
        import select, sys
        poll = select.poll()
        poll.register(sys.stdin, select.POLLIN)
        count = 0
        print("ready")
        while poll.poll(1000) or not count:
            sys.stdin.buffer.read(1)
            count += 1
        print("read", count, "end")
        """
    )
    await said(node, "ready")
    node.uart.feed(b"x" * 400)
    await said(node, "read 400 end")
    assert node.uart.dropped == 0
    node.uart.paced = False
    node.uart.feed(b"x" * 400)
    assert node.uart.dropped == 140


@pytest.mark.parametrize("usb", [False, True])
async def test_a_restart_by_software_waits_for_the_uart_but_not_for_usb(
    world: World, start_script: StartScript, usb: bool
):
    node = await start_script("import machine\nprint('last words of mine')\nmachine.reset()")
    node.usb_console = usb
    await world.sleep(0.2)
    assert ("last words of mine" in node.uart.text) is not usb


async def test_the_reset_pin_cuts_a_line_off(world: World, start_script: StartScript):
    node = await start_script("print('a' * 100)\nimport time\ntime.sleep(1)")
    await world.until(lambda: node.uart.blocks_until > 0, step=0.001)
    await world.sleep(0.004)
    node.reset()
    assert 10 < node.uart.text.count("a") < 100


# The firmware at a port


async def _sensor(world: World, **options: object) -> Node:
    node = await world.start_node("sensor", tcp=None, **options)
    await node.wait_line("hello")
    return node


@pytest.mark.parametrize("probe", PROBES)
async def test_a_node_answers_a_command_after_any_probe(world: World, probe: str):
    node = await _sensor(world)
    node.uart.feed(PROBES[probe])
    await world.sleep(0.5)
    assert (await node.command("counters"))["lines"] > 0
    assert node.restarts == 0
    assert node.crash is None


async def test_a_node_that_does_not_take_over_the_port_is_stopped_by_a_probe(
    world: World, tmp_path: Path
):
    guard = "micropython.kbd_intr(NO_INTERRUPT)"
    paths = firmware_without(tmp_path, "node/serial_port.py", guard, "pass")
    node = await _sensor(world, paths=paths)
    node.uart.feed(PROBES["mpremote"])
    with pytest.raises(NodeError, match="no ack"):
        await node.command("counters")


async def test_a_node_given_back_to_its_user_can_be_stopped_again(world: World):
    node = await _sensor(world)
    await node.command("repl")
    await node.wait_text(">>> ")
    node.uart.feed(b"\x01")
    await node.wait_text("raw REPL")


@pytest.mark.parametrize("flush", [True, False])
async def test_the_answer_to_a_reboot_is_out_before_the_restart_on_a_usb_console(
    world: World, tmp_path: Path, flush: bool
):
    options = {}
    if not flush:
        options["paths"] = firmware_without(
            tmp_path, "node/app.py", "time.sleep_ms(FLUSH_MS)", "pass"
        )
    node = await _sensor(world, **options)
    node.usb_console = True
    if flush:
        await node.command("reboot")
        return
    with pytest.raises(NodeError, match="no ack"):
        await node.command("reboot")


# Opening


async def test_opening_the_port_does_nothing_unless_it_resets(tmp_path: Path):
    async with World(real_time=True) as world:
        start = script_starter(world, tmp_path)
        script = (
            "import machine\nprint('cause', machine.reset_cause())\nimport time\ntime.sleep(60)"
        )
        node = await start(script)
        await said(node, "cause 1")
        await _open(node)
        await world.sleep(0.5)
        assert node.restarts == 0
        node.on_open = "reset"
        node.rtc_memory = b"kept"
        await _open(node)
        await world.until(lambda: node.restarts == 1 and node.running, timeout=5)
        assert node.rtc_memory == b""  # the reset pin takes it


async def _open(node: Node) -> None:
    terminal = os.open(node.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    await asyncio.sleep(0.2)
    os.close(terminal)
    await asyncio.sleep(0.2)


async def test_a_tcp_client_resets_the_board_too(socket_enabled: None, tmp_path: Path):
    async with World(real_time=True) as world:
        node = await script_starter(world, tmp_path)("import time\ntime.sleep(60)", tcp=0)
        node.on_open = "reset"
        host, port = node.serial_url.removeprefix("socket://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        await asyncio.wait_for(reader.readuntil(b"POWERON_RESET"), 5)
        assert node.restarts == 1
        writer.close()


async def test_a_pulled_cable_takes_port_power_and_rtc_memory(socket_enabled: None, tmp_path: Path):
    async with World(real_time=True) as world:
        node = await script_starter(world, tmp_path)(
            "import machine\nprint('rtc', machine.RTC().memory())\n"
            "machine.RTC().memory(b'kept')\nprint('set')\nimport time\ntime.sleep(60)",
            tcp=0,
        )
        await said(node, "set")
        host, port = node.serial_url.removeprefix("socket://").split(":")
        reader, _ = await asyncio.open_connection(host, int(port))
        terminal = os.open(node.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        await world.until(lambda: node.tcp is not None and node.tcp.connected)
        node.unplug()
        assert node.off
        assert not node.pty.is_symlink()
        assert await _end_of(reader)
        with pytest.raises(OSError, match="Input/output"):
            os.write(terminal, b"x")
        os.close(terminal)
        refused, _ = await asyncio.open_connection(host, int(port))
        assert await _end_of(refused)
        node.plug()
        assert node.pty.is_symlink()
        await world.until(lambda: node.uart.text.count("set") == 2, timeout=5)
        assert node.uart.text.count("rtc b''") == 2


async def _end_of(reader: asyncio.StreamReader) -> bool:
    try:
        while await asyncio.wait_for(reader.read(1000), 5):
            pass
    except ConnectionError:
        pass
    return True
