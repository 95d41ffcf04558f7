"""The radio as it is known to be: deaf while scanning, full of false acknowledgements."""

import pytest

from simulator import Node, World

from .conftest import StartScript, said

_RADIO = """
import espnow, network, time
station = network.WLAN(network.WLAN.IF_STA)
station.active(True)
station.config(channel=%d)
radio = espnow.ESPNow()
radio.active(True)
"""
_LISTEN = "print('ready')\nwhile True:\n    print('got', radio.recv(60000)[1])\n"
_SCAN = """
import bluetooth
ble = bluetooth.BLE()
ble.active(True)
ble.gap_scan(0, 100000, 100000)
"""


def _send(mac: bytes, count: int = 1) -> str:
    return f"""
peer = {mac!r}
radio.add_peer(peer)
print("acks", [radio.send(peer, b"frame %d" % number) for number in range({count})], "end")
"""


async def _listener(world: World, start: StartScript, channel: int = 6, more: str = "") -> Node:
    node = await start(_RADIO % channel + more + _LISTEN)
    await said(node, "ready")
    return node


async def test_a_frame_on_the_same_channel_arrives_and_is_acknowledged(
    world: World, start_script: StartScript
):
    receiver = await _listener(world, start_script)
    sender = await start_script(_RADIO % 6 + _send(receiver.mac))
    assert "acks [True] end" in await said(sender, "end")
    await said(receiver, "got b'frame 0'")


async def test_a_frame_on_another_channel_reaches_nobody(world: World, start_script: StartScript):
    receiver = await _listener(world, start_script, channel=6)
    sender = await start_script(_RADIO % 11 + _send(receiver.mac))
    assert "acks [False] end" in await said(sender, "end")
    assert "got" not in receiver.uart.text


async def test_the_next_channel_acknowledges_without_receiving(
    world: World, start_script: StartScript
):
    world.air.conditions.adjacent_ack = 1
    world.air.conditions.adjacent_delivery = 0
    receiver = await _listener(world, start_script, channel=6)
    sender = await start_script(_RADIO % 7 + _send(receiver.mac))
    assert "acks [True] end" in await said(sender, "end")
    await world.sleep(1)
    assert "got" not in receiver.uart.text


@pytest.mark.parametrize("deaf", [True, False])
async def test_reception_is_deaf_while_the_ble_scan_runs(
    world: World, start_script: StartScript, deaf: bool
):
    world.air.conditions.deaf_while_scanning = deaf
    receiver = await _listener(world, start_script, more=_SCAN)
    sender = await start_script(_RADIO % 6 + _send(receiver.mac))
    assert f"acks [{not deaf}] end" in await said(sender, "end")
    await world.sleep(1)
    assert ("got" in receiver.uart.text) is not deaf


async def test_a_radio_without_espnow_acknowledges_all_the_same(
    world: World, start_script: StartScript
):
    receiver = await start_script(
        "import network, time\nstation = network.WLAN(0)\nstation.active(True)\n"
        "station.config(channel=6)\nprint('ready')\ntime.sleep(100)"
    )
    await said(receiver, "ready")
    sender = await start_script(_RADIO % 6 + _send(receiver.mac))
    assert "acks [True] end" in await said(sender, "end")


async def test_a_full_receive_buffer_loses_frames_that_were_acknowledged(
    world: World, start_script: StartScript
):
    receiver = await start_script(
        (_RADIO % 6).replace("radio.active", "radio.config(rxbuf=100)\nradio.active")
        + "print('ready')\ntime.sleep(5)\nwhile radio.recv(0)[0]: pass\nprint(radio.stats(), 'end')"
    )
    await said(receiver, "ready")
    sender = await start_script(_RADIO % 6 + _send(receiver.mac, 10))
    assert f"acks {[True] * 10} end" in await said(sender, "end")
    assert "(0, 0, 0, 4, 6) end" in await said(receiver, "end")


async def test_retries_carry_frames_through_loss_and_deliver_each_once(
    world: World, start_script: StartScript
):
    world.air.conditions.loss = 0.3
    receiver = await _listener(world, start_script)
    sender = await start_script(_RADIO % 6 + _send(receiver.mac, 100))
    await said(sender, "end")
    await world.sleep(1)
    assert 95 <= receiver.uart.text.count("got b'frame") <= 100


async def test_a_broadcast_is_never_retried_and_always_true(
    world: World, start_script: StartScript
):
    world.air.conditions.loss = 0.5
    receiver = await _listener(world, start_script)
    sender = await start_script(_RADIO % 6 + _send(b"\xff" * 6, 100))
    assert "False" not in await said(sender, "end")
    await world.sleep(1)
    assert 30 < receiver.uart.text.count("got") < 70


async def test_errors_are_those_of_the_driver(world: World, start_script: StartScript):
    node = await start_script(
        """
        import espnow, network
        radio = espnow.ESPNow()
        def attempt(name, function, *args):
            try:
                print(name, function(*args))
            except (OSError, ValueError) as error:
                print(name, repr(error))
        attempt("inactive", radio.send, bytes(6), b"x")
        radio.active(True)
        attempt("stranger", radio.send, bytes(6), b"x")
        radio.add_peer(bytes(6))
        attempt("twice", radio.add_peer, bytes(6))
        attempt("wifi off", radio.send, bytes(6), b"x")
        network.WLAN(0).active(True)
        attempt("empty", radio.send, bytes(6), b"")
        attempt("long", radio.send, bytes(6), bytes(1471))
        attempt("short mac", radio.add_peer, bytes(5))
        for number in range(19):
            radio.add_peer(bytes([1, 0, 0, 0, 0, number]))
        attempt("too many", radio.add_peer, bytes([2, 0, 0, 0, 0, 0]))
        attempt("nothing", radio.recv, 10)
        radio.mod_peer(bytes(6), channel=3)
        attempt("peer elsewhere", radio.send, bytes(6), b"x")
        attempt("channel", lambda: network.WLAN(0).config(channel=14))
        attempt("config", radio.config, "nonsense")
        print("end")
        """
    )
    text = (await said(node, "end")).replace("\r", "")
    for line in (
        "inactive OSError(-12389, 'ESP_ERR_ESPNOW_NOT_INIT')",
        "stranger OSError(-12393, 'ESP_ERR_ESPNOW_NOT_FOUND')",
        "twice OSError(-12395, 'ESP_ERR_ESPNOW_EXIST')",
        "wifi off OSError(-12396, 'ESP_ERR_ESPNOW_IF')",
        "empty OSError(-12390, 'ESP_ERR_ESPNOW_ARG')",
        "long OSError(-12390, 'ESP_ERR_ESPNOW_ARG')",
        "short mac ValueError",
        "too many OSError(-12392, 'ESP_ERR_ESPNOW_FULL')",
        "nothing (None, None)",
        "peer elsewhere OSError(-12390, 'ESP_ERR_ESPNOW_ARG')",
        "channel OSError(-258, 'ESP_ERR_INVALID_ARG')",
        "config ValueError",
    ):
        assert line in text


async def test_too_small_an_own_buffer_costs_the_whole_queue(
    world: World, start_script: StartScript
):
    node = await start_script(
        _RADIO % 6
        + "print('ready')\ntime.sleep(1)\n"
        + "try:\n    radio.recvinto([None, bytearray(10)], 0)\n"
        + "except ValueError as error:\n    print(error, radio.any(), 'end')"
    )
    await said(node, "ready")
    for _ in range(3):
        assert world.inject_frame(node, bytes(6), bytes(11))
    await world.sleep(0.1)
    assert "buffer error False end" in await said(node, "end")


async def test_asyncio_wakes_for_a_frame(world: World, start_script: StartScript):
    node = await start_script(
        _RADIO % 6
        + """
import asyncio
async def receive():
    yield asyncio.core._io_queue.queue_read(radio)
    print("woke", radio.recv(0)[1], time.ticks_ms() // 1000)
async def main():
    print("ready")
    await receive()
asyncio.run(main())
"""
    )
    await said(node, "ready")
    await world.sleep(2)
    world.inject_frame(node, bytes(6), b"hello")
    await said(node, "woke b'hello' 2")


async def test_every_sender_heard_gets_an_entry_for_ever(world: World, start_script: StartScript):
    node = await start_script(
        _RADIO % 6 + "print('ready')\ntime.sleep(1)\n"
        "while radio.recv(0)[0]: pass\nprint('known', len(radio.peers_table))"
    )
    await said(node, "ready")
    for number in range(30):
        world.inject_frame(node, bytes([2, 0, 0, 0, 0, number]), b"x")
    await said(node, "known 30")


async def test_frames_can_be_watched_changed_lost_and_played_again(
    world: World, start_script: StartScript
):
    frames = world.record()
    receiver = await _listener(world, start_script)
    fates = [lambda message: message[::-1], lambda message: None]
    world.corrupt(lambda frame: fates.pop(0)(frame.message) if fates else frame.message)
    sender = await start_script(_RADIO % 6 + _send(receiver.mac, 3))
    assert "acks [True, True, True]" in await said(sender, "end")
    await said(receiver, "got b'frame 2'")
    assert "got b'0 emarf'" in receiver.uart.text
    assert "frame 1" not in receiver.uart.text
    assert [frame.message for frame in frames] == [b"frame 0", b"frame 1", b"frame 2"]
    assert world.inject_frame(receiver, frames[1].source, frames[1].message)
    await said(receiver, "got b'frame 1'")


async def test_a_frame_of_an_earlier_life_does_not_count_in_this_one(
    world: World, start_script: StartScript
):
    sender = await start_script(
        _RADIO % 6
        + "import machine\nif machine.reset_cause() == 1:\n"
        + "    radio.add_peer(bytes(6))\n    print('sending')\n    radio.send(bytes(6), bytes(1400))\n"
        + "print(radio.stats(), 'end')"
    )
    await said(sender, "sending\n")
    await world.sleep(0.001)
    sender.reset()
    assert "(0, 0, 0, 0, 0) end" in await said(sender, " end")
