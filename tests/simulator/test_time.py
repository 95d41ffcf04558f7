"""Time: virtual time jumps, real time does not, and the same seed is the same run."""

import time

import pytest

from simulator import World

from .conftest import StartScript, said, script_starter


async def test_a_virtual_hour_of_sleep_takes_no_time(world: World, start_script: StartScript):
    node = await start_script(
        """
        import time
        start = time.ticks_ms()
        time.sleep(3600)
        print("slept", time.ticks_diff(time.ticks_ms(), start) // 1000, time.time())
        """
    )
    started = time.monotonic()
    await said(node, "slept 3600 3600", timeout=4000)
    assert time.monotonic() - started < 5


async def test_asyncio_sleeps_in_the_worlds_time(world: World, start_script: StartScript):
    node = await start_script(
        """
        import asyncio, time
        order = []
        async def tell(name, delay):
            await asyncio.sleep_ms(delay)
            order.append((name, time.ticks_ms() // 100))
        async def for_ever():
            await asyncio.sleep(1000)
        async def main():
            await asyncio.gather(tell("late", 60000), tell("early", 1000), tell("now", 0))
            try:
                await asyncio.wait_for_ms(for_ever(), 500)
            except asyncio.TimeoutError:
                order.append("timeout")
            task = asyncio.create_task(for_ever())
            await asyncio.sleep(0)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                order.append("cancelled")
            print(order, "end")
        asyncio.run(main())
        """
    )
    text = await said(node, "end", timeout=100)
    assert "[('now', 0), ('early', 10), ('late', 600), 'timeout', 'cancelled'] end" in text


async def test_a_loop_that_only_reads_the_clock_gets_on(world: World, start_script: StartScript):
    node = await start_script(
        """
        import time
        start = time.ticks_ms()
        while time.ticks_diff(time.ticks_ms(), start) < 50:
            pass
        print("waited")
        """
    )
    await said(node, "waited")


async def test_time_stands_still_while_nobody_waits(world: World, start_script: StartScript):
    node = await start_script("import time\nwhile True: time.sleep_ms(1)")
    await world.sleep(1)
    before = world.now
    time.sleep(0.1)
    assert world.now == before == 1
    assert node.crash is None


@pytest.mark.parametrize("real_time", [True, False])
async def test_a_fault_in_the_world_reaches_whoever_waits(real_time: bool):
    async with World(real_time=real_time) as world:
        world.timeline.after(1000, lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            await world.sleep(5)


async def test_real_time_follows_the_clock(tmp_path):
    async with World(real_time=True) as world:
        start_script = script_starter(world, tmp_path)
        node = await start_script("import time\ntime.sleep_ms(200)\nprint('up', time.ticks_ms())")
        started = time.monotonic()
        await said(node, "up")
        assert time.monotonic() - started > 0.15


async def test_a_timer_fires_while_the_program_sleeps(world: World, start_script: StartScript):
    node = await start_script(
        """
        import machine, time
        count = 0
        def tick(_):
            global count
            count += 1
        timer = machine.Timer(0)
        timer.init(period=100, mode=machine.Timer.PERIODIC, callback=tick)
        time.sleep_ms(1050)
        print("fired", count)
        """
    )
    await said(node, "fired 10")


async def test_the_same_seed_gives_the_same_run(tmp_path):
    traces = []
    for turn in range(2):
        async with World(seed=42, real_time=False) as world:
            world.air.conditions.loss = 0.3
            start_script = script_starter(world, tmp_path / str(turn))
            (tmp_path / str(turn)).mkdir()
            frames = world.record()
            receiver = await start_script(_RECEIVER, mac=bytes.fromhex("240AC4000010"))
            await start_script(_SENDER)
            await world.sleep(20)
            traces.append((world.events, frames, receiver.uart.text))
    assert traces[0] == traces[1]
    assert len(traces[0][1]) > 50


_SENDER = """
import espnow, network, random, time
network.WLAN(0).active(True)
radio = espnow.ESPNow()
radio.active(True)
peer = bytes.fromhex("240AC4000010")
radio.add_peer(peer)
for number in range(100):
    radio.send(peer, b"%d" % number)
    time.sleep_ms(100)
"""
_RECEIVER = """
import espnow, network, time
network.WLAN(0).active(True)
radio = espnow.ESPNow()
radio.active(True)
while True:
    print(time.ticks_us(), radio.recv(1000), radio.peers_table)
"""
