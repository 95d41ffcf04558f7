"""Each severity of the board can be switched off; that it bites is seen in the tests of its subject."""

from simulator import World

from .conftest import StartScript, said

_SCAN = """
import bluetooth, time
ble = bluetooth.BLE()
ble.active(True)
seen = []
def handler(event, data):
    seen.append(data)
    if event == 5 and {fails}:
        raise ValueError("oops")
ble.irq(handler)
ble.gap_scan(0, 100000, 100000, False)
print("ready")
time.sleep(1)
print("seen", [bytes(one[4]) for one in seen], "end")
"""


async def test_a_handler_that_fails_goes_on(world: World, start_script: StartScript):
    node = await start_script(_SCAN.format(fails=True))
    node.irq_survives = True
    await said(node, "ready")
    for _ in range(3):
        world.advertise(bytes(6), b"\x02\x01\x06")
        await world.sleep(0.1)
    assert (await said(node, "end")).split("seen")[1].count("b'") == 3


async def test_views_stay(world: World, start_script: StartScript):
    node = await start_script(_SCAN.format(fails=False))
    node.views_last = True
    await said(node, "ready")
    world.advertise(bytes(6), b"\x02\x01\x06")
    assert "seen [b'\\x02\\x01\\x06'] end" in await said(node, " end")


async def test_the_ring_has_no_end(world: World, start_script: StartScript):
    node = await start_script(
        "import sys, time\nprint('ready')\ntime.sleep(1)\nprint(len(sys.stdin.buffer.read(1000)), 'end')"
    )
    node.uart.ring = None
    await said(node, "ready")
    node.uart.feed(b"x" * 1000)
    await said(node, "1000 end")
    assert node.uart.dropped == 0


async def test_the_boot_rom_is_silent(world: World, start_script: StartScript):
    node = await start_script("print('hello')")
    await said(node, "hello")
    node.uart.output.clear()
    node.uart.boot_noise = False
    node.reset()
    assert (await said(node, "hello")).strip() == "hello"
