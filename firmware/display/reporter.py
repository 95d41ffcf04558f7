"""What the host is told: readings at once, sensor nodes every ten seconds, everything when it asks."""

import asyncio

from node.borrowed import Borrowed, seldom
from node.mac_text import plain
from protocol.serial_payloads import encode_advert

NODES_MS = 10_000
COVERAGE_ROUNDS = 6  # of the nodes' reports to one of who hears what
ABOUT = ("name", "fw", "mp", "boots", "reset", "uptime_s", "interval_s", "order", "result")
FORGET_MS = 24 * 3600 * 1000


class Reporter:
    """Turns the registry and the sensor nodes into lines."""

    def __init__(self, app, registry, nodes, orders) -> None:
        self._app = app
        self._registry = registry
        self._nodes = nodes
        self._orders = orders
        self._snapshot_wanted = asyncio.Event()
        self.more_snapshot = _nothing  # called last: the display's own lines

    def reading(self, device) -> None:
        """Hand on one new advertisement."""
        payload = encode_advert(
            device.mac,
            device.node,
            device.rssi,
            device.age_ms(),
            device.md,
        )
        self._app.port.send("adv", payload)

    @seldom
    def node(self, node) -> None:
        """Tell how a sensor node is doing."""
        seen, replaced, sent, dropped = node.counters
        self._app.send_json(
            "node",
            {
                "mac": plain(node.mac),
                "rssi": node.rssi,
                "age_ms": node.age_ms(),
                "frames": node.frames,
                "seen": seen,
                "replaced": replaced,
                "sent": sent,
                "dropped": dropped,
                "lost": node.lost,
                "state": "vanished" if node.vanished else "present",
                "pending": self._orders.waiting(node.mac),
            },
        )

    @seldom
    def state(self, node) -> None:
        """Tell what a sensor node has told of itself, in lines of their own: together they are too long."""
        if not node.state:
            return
        with Borrowed("protocol.radio_state") as radio_state:
            state = radio_state.unpack_state(node.state)
        about = {name: state.pop(name) for name in ABOUT}
        for part in (about, state):
            part["mac"] = plain(node.mac)
            self._app.send_json("node", part)

    def coverage(self) -> None:
        """Tell which sensor node hears what."""
        with Borrowed("display.coverage") as coverage:
            coverage.tell(self._app, self._registry, self._nodes)

    def snapshot(self) -> None:
        """Ask for the present value of everything; it follows behind the hello."""
        self._snapshot_wanted.set()

    async def tell_nodes(self, pulse) -> None:
        """Report every sensor node regularly."""
        rounds = 0
        while True:
            await asyncio.sleep_ms(NODES_MS)
            pulse.beat()
            rounds += 1
            self._app.radio.forget_strangers()
            self._registry.forget_silent(FORGET_MS)
            self._nodes.forget_silent(FORGET_MS)
            for node in self._nodes.present():
                self.node(node)
            if rounds % COVERAGE_ROUNDS == 0:
                self.coverage()
                self._registry.forget_strengths()  # what is told next was heard since

    async def tell_snapshots(self, pulse) -> None:
        """Write snapshots, a line at a time so that the radio is not kept waiting."""
        while True:
            pulse.rest(self._snapshot_wanted.is_set)
            await self._snapshot_wanted.wait()
            pulse.beat()
            self._snapshot_wanted.clear()
            await self._tell_all()

    @seldom
    async def _tell_all(self) -> None:
        for device in list(self._registry.devices.values()):
            self.reading(device)
            await asyncio.sleep_ms(0)
        for node in self._nodes.present():
            self.node(node)
            self.state(node)
            await asyncio.sleep_ms(0)
        self.coverage()
        self.more_snapshot()


def _nothing() -> None:
    """Stand in for lines that nobody adds."""
