"""Small programs that send and listen, for tests of the air alone."""

from simulator import Node, World

from .conftest import StartScript, said

RADIO = """
import espnow, network, time
station = network.WLAN(network.WLAN.IF_STA)
station.active(True)
station.config(channel=%d)
radio = espnow.ESPNow()
radio.active(True)
"""
LISTEN = """
print("ready")
while True:
    mac, message = radio.recv(60000)
    print("got", message[:12], len(message), radio.peers_table[bytes(mac)][0])
"""


async def listener(world: World, start: StartScript, channel: int = 6, more: str = "") -> Node:
    """Start a board that prints what it receives."""
    node = await start(RADIO % channel + more + LISTEN)
    await said(node, "ready")
    return node


async def send(
    start: StartScript, to: Node, count: int = 1, channel: int = 6, more: str = ""
) -> int:
    """Start a board that sends; return how many of its frames were acknowledged."""
    sender = await start(
        RADIO % channel
        + f"peer = {to.mac!r}\nradio.add_peer(peer)\nacknowledged = 0\n"
        + f"for number in range({count}):\n"
        + f"    acknowledged += radio.send(peer, b'frame %d' % number)\n    {more or 'pass'}\n"
        + "print('acks', acknowledged, 'end')\n"
    )
    text = await said(sender, "end", 1000)
    return int(text.split("acks ")[1].split()[0])


def got(node: Node) -> list[str]:
    """Return what a listener has printed."""
    return [line for line in node.uart.text.splitlines() if line.startswith("got")]
