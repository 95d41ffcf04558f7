"""The BLE stand-in is as unforgiving as the ESP32's."""

from simulator import World

from .conftest import StartScript, said

_SCAN = """
import bluetooth, time
ble = bluetooth.BLE()
ble.active(True)
seen = []
def handler(event, data):
    %s
ble.irq(handler)
ble.gap_scan(0, 100000, 100000, False)
"""
ADDRESS = bytes.fromhex("C03D5A89A301")


async def test_every_repeat_is_delivered_while_the_program_sleeps(
    world: World, start_script: StartScript
):
    node = await start_script(
        _SCAN % "seen.append((event, bytes(data[1]), data[2], bytes(data[4])))"
        + "print('ready')\ntime.sleep(2)\nprint(len(seen), set(seen), 'end')"
    )
    await said(node, "ready")
    for _ in range(5):
        world.advertise(ADDRESS, b"\x02\x01\x06", kind=3)
        await world.sleep(0.1)
    text = await said(node, "end")
    assert f"5 {{(5, {ADDRESS!r}".replace("C03D", "") in text.replace("\\xc0=", "\\xc0=")
    assert "3, b'\\x02\\x01\\x06')} end" in text


async def test_an_uncaught_exception_switches_the_handler_off_for_ever(
    world: World, start_script: StartScript
):
    node = await start_script(
        _SCAN % "seen.append(event); raise ValueError('oops')"
        + "print('ready')\ntime.sleep(2)\nprint('seen', len(seen))"
    )
    await said(node, "ready")
    for _ in range(5):
        world.advertise(ADDRESS, b"\x02\x01\x06")
        await world.sleep(0.1)
    text = await said(node, "seen 1")
    assert "uncaught exception in BLE IRQ handler" in text
    assert "ValueError: oops" in text
    assert node.crash is None


async def test_what_the_handler_was_shown_is_gone_when_it_returns(
    world: World, start_script: StartScript
):
    node = await start_script(
        _SCAN
        % "seen.append((data[1], data[4], bytes(data[4])))"
        + "print('ready')\ntime.sleep(1)\n"
        "kept_address, kept_data, copied = seen[0]\n"
        "print('kept', bytes(kept_address) + bytes(kept_data), 'copied', copied, 'end')"
    )
    await said(node, "ready")
    world.advertise(ADDRESS, b"\x02\x01\x06")
    text = await said(node, "end")
    assert "kept b'" + "\\xa5" * 9 + "' copied b'\\x02\\x01\\x06' end" in text


async def test_an_advertisement_lands_between_statements_of_a_busy_program(
    world: World, start_script: StartScript
):
    node = await start_script(
        _SCAN % "seen.append(event)" + "import machine\nprint('ready')\n"
        "while not seen:\n    machine.idle()\nprint('interrupted')"
    )
    await said(node, "ready")
    world.advertise(ADDRESS, b"")
    await said(node, "interrupted")


async def test_nothing_is_heard_without_a_scan(world: World, start_script: StartScript):
    node = await start_script(
        _SCAN % "seen.append(event)"
        + "ble.gap_scan(None)\nprint('ready')\ntime.sleep(1)\nprint(seen, 'end')"
    )
    await said(node, "ready")
    world.advertise(ADDRESS, b"")
    assert "[6] end" in await said(node, "end")  # only: scan done


async def test_the_default_scan_window_misses_nearly_everything(
    world: World, start_script: StartScript
):
    node = await start_script(
        _SCAN.replace("0, 100000, 100000, False", "0") % "seen.append(event)"
        + "print('ready')\ntime.sleep(12)\nprint('seen', len(seen), 'end')"
    )
    await said(node, "ready")
    for _ in range(1000):
        world.advertise(ADDRESS, b"")
        await world.sleep(0.01)
    text = await said(node, "end")
    assert int(text.split("seen ")[1].split()[0]) < 30


async def test_a_scan_that_runs_cannot_be_started_again(world: World, start_script: StartScript):
    node = await start_script(
        _SCAN
        % "pass"
        + "try:\n    ble.gap_scan(0, 100000, 50000, False)\nexcept OSError as e:\n    print('errno', e.errno)\n"
        "ble.gap_scan(None)\nble.gap_scan(0, 100000, 50000, False)\nprint('goes on')"
    )
    text = await said(node, "goes on")
    assert "errno 114" in text


async def test_a_scan_with_a_duration_ends_by_itself(world: World, start_script: StartScript):
    node = await start_script(
        _SCAN.replace("0, 100000", "500, 100000") % "seen.append((event, time.ticks_ms() // 100))"
        + "time.sleep(2)\nprint(seen, 'end')"
    )
    assert "[(6, 5)] end" in await said(node, "end")


async def test_there_is_no_receive_buffer_to_size(world: World, start_script: StartScript):
    node = await start_script(
        """
        import bluetooth
        try:
            bluetooth.BLE().config(rxbuf=1000)
        except ValueError as error:
            print("refused", error)
        """
    )
    await said(node, "refused")


async def test_no_interrupt_lands_in_an_interrupt_handler(world: World, start_script: StartScript):
    node = await start_script(
        "import machine\n"
        + _SCAN % "seen.append('in'); machine.idle(); time.sleep_ms(50); seen.append('out')"
        + "print('ready')\ntime.sleep(1)\nprint(seen, 'end')"
    )
    await said(node, "ready\n")
    for _ in range(3):
        await world.sleep(0.02)  # the second and third come while the handler runs
        world.advertise(ADDRESS, b"")
    assert "['in', 'out', 'in', 'out', 'in', 'out'] end" in await said(node, "end")


async def test_no_interrupt_lands_in_a_bus_transfer(world: World, start_script: StartScript):
    node = await start_script(
        _SCAN
        % "seen.append(time.ticks_ms() - start)"
        + "import machine\nbus = machine.SoftI2C(freq=9000)\n"
        "print('ready')\nstart = time.ticks_ms()\n"
        "bus.writeto(60, bytes(999))\nprint('heard after', seen, 'end')",
        role="display",
    )
    await said(node, "ready\n")
    await world.sleep(0.5)
    before = node.requests
    world.advertise(ADDRESS, b"")
    assert "heard after [1000] end" in await said(node, "end")
    assert node.requests - before < 5  # nor does it wake the driver


async def test_the_controller_holds_only_so_many_advertisements(
    world: World, start_script: StartScript
):
    node = await start_script(
        _SCAN
        % "seen.append(event)"
        + "import machine\nbus = machine.SoftI2C(freq=9000)\nprint('ready')\n"
        "bus.writeto(60, bytes(999))\ntime.sleep_ms(1)\nprint('heard', len(seen), 'end')",
        role="display",
    )
    await said(node, "ready\n")
    for _ in range(100):
        world.advertise(ADDRESS, b"")
    assert "heard 64 end" in await said(node, "end")
    assert node.counters["advertisements_overrun"] == 36
