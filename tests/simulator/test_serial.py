"""The serial port: noise, a small ring, one client at a time, over TCP and as a terminal."""

import asyncio
import os
from pathlib import Path

from simulator import World

from .conftest import StartScript, said, script_starter

_ECHO = """
import micropython, select, sys
micropython.kbd_intr(-1)
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
print("ready")
while True:
    for _ in poll.ipoll(1000):
        byte = sys.stdin.buffer.read(1)
        sys.stdout.buffer.write(b"<" + byte + b">")
"""


async def test_the_boot_rom_speaks_before_the_program(world: World, start_script: StartScript):
    node = await start_script("print('hello')")
    text = await said(node, "hello")
    assert text.index("ets Jul 29 2019") < text.index("hello")
    node.reset()
    await world.sleep(2)
    assert node.uart.text.count("ets Jul 29 2019") == 2


async def test_input_wakes_the_program(world: World, start_script: StartScript):
    node = await start_script(_ECHO)
    await said(node, "ready")
    await world.sleep(100.5)
    before = world.now
    node.uart.feed(b"ab")
    await said(node, "<a><b>")
    assert world.now - before < 0.01


async def test_asyncio_reads_serial_input(world: World, start_script: StartScript):
    node = await start_script(
        """
        import asyncio, sys
        async def main():
            reader = asyncio.StreamReader(sys.stdin)
            print("ready")
            print("line", await reader.readline())
        asyncio.run(main())
        """
    )
    await said(node, "ready")
    node.uart.feed(b"some words\n")
    await said(node, "line b'some words\\n'")


async def test_what_does_not_fit_the_ring_is_lost_silently(world: World, start_script: StartScript):
    node = await start_script(
        """
        import sys, time
        print("ready")
        time.sleep(5)
        print("first", sys.stdin.buffer.read(4), "last", sys.stdin.buffer.read(256)[-4:])
        """
    )
    await said(node, "ready")
    node.uart.feed(b"%04d" * 100 % tuple(range(100)))
    await world.sleep(1)
    assert node.uart.dropped == 140
    await said(node, "first b'0000' last b'0064'")


async def test_stderr_goes_to_the_port_and_is_kept_apart(world: World, start_script: StartScript):
    node = await start_script("import sys, time\nprint('bad', file=sys.stderr)\ntime.sleep(1)")
    await said(node, "bad\n")
    assert node.errors == "bad\n"


async def test_a_tcp_client_talks_to_the_board_and_a_second_one_is_refused(
    socket_enabled, tmp_path: Path
):
    async with World(real_time=True) as world:
        node = await script_starter(world, tmp_path)(_ECHO, tcp=0)
        host, port = node.serial_url.removeprefix("socket://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        await asyncio.wait_for(reader.readuntil(b"ready"), 5)
        refused, refused_writer = await asyncio.open_connection(host, int(port))
        assert await asyncio.wait_for(refused.read(), 5) == b""
        writer.write(b"x")
        await asyncio.wait_for(reader.readuntil(b"<x>"), 5)
        writer.close()
        await writer.wait_closed()
        await world.until(lambda: not node.tcp.connected)
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"y")
        await asyncio.wait_for(reader.readuntil(b"<y>"), 5)
        writer.close()
        refused_writer.close()


async def test_the_port_stays_open_while_the_board_restarts(socket_enabled, tmp_path: Path):
    async with World(real_time=True) as world:
        node = await script_starter(world, tmp_path)(_ECHO, tcp=0)
        host, port = node.serial_url.removeprefix("socket://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        await asyncio.wait_for(reader.readuntil(b"ready"), 5)
        node.reset()
        await asyncio.wait_for(reader.readuntil(b"ready"), 5)
        writer.close()


async def test_the_terminal_is_a_port_too(tmp_path: Path):
    async with World(real_time=True) as world:
        link = tmp_path / "tty-board"
        node = await script_starter(world, tmp_path)(_ECHO, pty=link)
        await said(node, "ready\n")
        assert node.pty == link
        for letter in (b"a", b"\n", b"\x03"):
            terminal = os.open(node.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            os.write(terminal, letter)
            await said(node, f"<{letter.decode()}>")
            await world.sleep(0.1)
            # nothing from before it was opened, and not a byte changed
            assert os.read(terminal, 100) == b"<" + letter + b">"
            os.close(terminal)
            await world.sleep(0.1)
            node.uart.emit(b"nobody listens")
    assert not link.is_symlink()
