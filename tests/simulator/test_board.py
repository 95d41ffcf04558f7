"""What survives which kind of restart, and how a board ends."""

from pathlib import Path

import pytest

from simulator import NodeError, World

from .conftest import StartScript, said

_LIVES = """
import esp32, machine, os, time
causes = {1: "power", 2: "hard", 3: "watchdog", 4: "deepsleep", 5: "soft"}
nvs = esp32.NVS("test")
def number(key):
    try:
        return nvs.get_i32(key)
    except OSError as error:
        return error.args[0]
rtc = machine.RTC()
print("life", causes[machine.reset_cause()], "committed", number("a"), "not", number("b"),
      "rtc", rtc.memory(), "files", os.listdir(), "end")
"""
_WRITE = """
nvs.set_i32("a", -5)
nvs.commit()
nvs.set_i32("b", 7)
print("b now", nvs.get_i32("b"))
rtc.memory(b"kept")
with open("file.txt", "w") as file:
    file.write("content")
print("written")
time.sleep(1000)
"""


async def test_a_reset_keeps_flash_and_rtc_memory_but_not_what_was_not_committed(
    world: World, start_script: StartScript
):
    node = await start_script(_LIVES + _WRITE)
    await said(node, "life power committed -4354 not -4354 rtc b'' files [] end")
    await said(node, "b now 7\nwritten")
    node.reset()
    await said(node, "life hard committed -5 not -4354 rtc b'kept' files ['file.txt'] end")


async def test_a_power_cut_also_takes_rtc_memory(world: World, start_script: StartScript):
    node = await start_script(_LIVES + _WRITE)
    await said(node, "written")
    node.power_cycle()
    assert not node.running
    await world.until(lambda: "rtc b'' files ['file.txt'] end" in node.uart.text)
    assert "life power committed -5 not -4354" in node.uart.text


async def test_nvs_survives_the_world(tmp_path: Path, world: World, start_script: StartScript):
    flash = tmp_path / "flash"
    first = await start_script(_LIVES + _WRITE, flash=flash, name="first")
    await said(first, "written")
    await first.stop()
    second = await start_script(_LIVES, flash=flash, name="second")
    await said(second, "life power committed -5 not -4354 rtc b'' files ['file.txt'] end")


async def test_nvs_errors_are_those_of_esp_idf(world: World, start_script: StartScript):
    node = await start_script(
        """
        import esp32
        nvs = esp32.NVS("test")
        def attempt(function, *args):
            try:
                print(function(*args))
            except (OSError, OverflowError) as error:
                print(repr(error))
        nvs.set_blob("blob", b"12\\x0034")
        attempt(nvs.get_blob, "blob", bytearray(4))
        buffer = bytearray(8)
        attempt(nvs.get_blob, "blob", buffer)
        print(buffer)
        attempt(nvs.get_i32, "blob")
        attempt(nvs.set_i32, "big", 1 << 31)
        attempt(nvs.set_i32, "sixteen_letters_", 1)
        attempt(nvs.erase_key, "nothing")
        nvs.erase_key("blob")
        attempt(nvs.get_blob, "blob", buffer)
        print("end")
        """
    )
    lines = (await said(node, "end\n")).split("entry 0x400805ac")[1].split("\n")[1:10]
    assert lines == [
        "OSError(-4364, 'ESP_ERR_NVS_INVALID_LENGTH')",
        "5",
        "bytearray(b'12\\x0034\\x00\\x00\\x00')",
        "OSError(-4354, 'ESP_ERR_NVS_NOT_FOUND')",
        "OverflowError('overflow converting long int to machine word',)",
        "OSError(-4361, 'ESP_ERR_NVS_KEY_TOO_LONG')",
        "OSError(-4354, 'ESP_ERR_NVS_NOT_FOUND')",
        "OSError(-4354, 'ESP_ERR_NVS_NOT_FOUND')",
        "end",
    ]


@pytest.mark.parametrize(
    ("call", "cause"),
    [
        ("machine.reset()", "hard"),
        ("machine.soft_reset()", "soft"),
        ("sys.exit()", "soft"),
        ("machine.deepsleep(5000)", "deepsleep"),
        ("machine.WDT(timeout=2000)\n    time.sleep(60)", "watchdog"),
    ],
)
async def test_the_board_restarts_with_the_cause_of_its_end(
    world: World, start_script: StartScript, call: str, cause: str
):
    node = await start_script(
        _LIVES + f"import sys\nif machine.reset_cause() == 1:\n    {call}\nprint('second life')"
    )
    text = await said(node, "second life")
    assert f"life {cause} " in text
    assert node.restarts == 1


async def test_a_fed_watchdog_does_not_bite(world: World, start_script: StartScript):
    node = await start_script(
        "import machine, time\ndog = machine.WDT(timeout=2000)\n"
        "for _ in range(20):\n    time.sleep(1)\n    dog.feed()\nprint('alive')"
    )
    await said(node, "alive", timeout=30)
    assert node.restarts == 0


async def test_a_soft_reset_leaves_wifi_as_it_was(world: World, start_script: StartScript):
    node = await start_script(
        """
        import machine, network
        station = network.WLAN(network.WLAN.IF_STA)
        if machine.reset_cause() == 1:
            station.active(True)
            station.config(channel=9)
            machine.soft_reset()
        print(station.active(), station.config("channel"), "end")
        """
    )
    await said(node, "True 9 end")


async def test_an_uncaught_exception_ends_at_the_prompt(world: World, start_script: StartScript):
    node = await start_script("raise ValueError('no')")
    with pytest.raises(NodeError, match="crashed: ValueError"):
        await node.wait_line("hello")
    assert "ValueError: no" in node.uart.text
    await world.sleep(1)
    assert ">>> " in node.uart.text
    node.uart.feed(b"\x04")
    await world.sleep(2)
    assert node.restarts == 1


async def test_a_dying_process_is_a_panic_and_a_restart(world: World, start_script: StartScript):
    node = await start_script(
        """
        import ffi, machine
        print("cause", machine.reset_cause())
        if machine.reset_cause() == 1:
            ffi.open("libc.so.6").func("v", "abort", "")()
        print("lives on")
        """
    )
    await said(node, "lives on")
    assert "cause 2" in node.uart.text


async def test_the_heap_is_as_small_as_a_chips(world: World, start_script: StartScript):
    node = await start_script(
        """
        import gc
        gc.collect()
        print("free", gc.mem_free())
        try:
            keep = [bytes(1000) for _ in range(170)]
        except MemoryError:
            print("memory error")
        """
    )
    text = await said(node, "memory error")
    free = int(text.split("free ")[1].split()[0])
    assert 150_000 < free < 170_000


async def test_i2c_takes_time_and_misses_absent_devices(world: World, start_script: StartScript):
    node = await start_script(
        """
        import machine, time
        bus = machine.I2C(0, scl=machine.Pin(22), sda=machine.Pin(21), freq=400000)
        print(bus.scan())
        start = time.ticks_us()
        bus.writeto(60, bytes(1025))
        print("took", time.ticks_diff(time.ticks_us(), start) // 1000)
        try:
            bus.writeto(61, b"x")
        except OSError as error:
            print("nobody", error.args[0])
        try:
            machine.I2C(0, freq=100000).writeto(60, bytes(1025))
        except OSError as error:
            print("slow", error.args[0])
        """,
        role="display",
    )
    text = await said(node, "slow")
    assert "[60]\ntook 23\nnobody 19\nslow 116" in text


async def test_a_pin_interrupt_reaches_the_program(world: World, start_script: StartScript):
    node = await start_script(
        """
        import machine, time
        button = machine.Pin(0, machine.Pin.IN, machine.Pin.PULL_UP)
        button.irq(lambda pin: print("pressed", pin.value()), machine.Pin.IRQ_FALLING)
        print("ready", button.value())
        time.sleep(10)
        """
    )
    await said(node, "ready 1")
    node.press(0, 0)
    node.press(0, 1)
    await said(node, "pressed")
    await world.sleep(1)
    assert node.uart.text.count("pressed") == 1
