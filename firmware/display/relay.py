"""From the radio to the serial line: gateway, registry and reporter, joined."""

from display.ceilings import Ceilings
from display.gateway import TOLD, Gateway
from display.orders import Orders
from display.reporter import Reporter
from display.sensor_nodes import SensorNodes
from node.borrowed import seldom
from node.mac_text import readable

SHED_MS = 600_000  # silent for so long: forgotten when memory is short


class Relay:
    """What a provisioned display node does with frames."""

    def __init__(self, app, link, registry) -> None:
        self._app = app
        self._link = link
        self._registry = registry
        ceilings = Ceilings()
        self.nodes = SensorNodes(app.config.key, ceilings)
        orders = Orders(self.nodes, app.log)
        self.reporter = Reporter(app, registry, self.nodes, orders)
        self._gateway = Gateway(
            link, app.config, app.epoch, self.nodes, ceilings, self._take, self._note, orders
        )
        app.console.add("node", orders.command)

    @seldom
    def start(self) -> None:
        """Open the radio and hand the tasks to the app."""
        app = self._app
        app.snapshot = self.reporter.snapshot
        app.more_counters = self._counters
        app.refusals.append(self._gateway.refused)
        app.on_low_memory.append(self._shed)
        self._link.open()
        self._link.set_channel(app.options["channel"])  # until Wi-Fi decides
        app.add_task("gateway", self._gateway.run)
        app.add_task("nodes", self.reporter.tell_nodes)
        app.add_task("snapshot", self.reporter.tell_snapshots)

    def _take(self, node: bytes, mac: bytes, rssi: int, age_ms: int, md: bytes) -> None:
        """Pass one reading on if it is new."""
        device = self._registry.take(node, mac, rssi, age_ms, md)
        if device:
            self.reporter.reading(device)

    @seldom
    def _note(self, node, news: str) -> None:
        """Tell about a sensor node as soon as there is news."""
        if news != TOLD:
            self._app.log.info(f"sensor node {readable(node.mac)} {news}")
        self.reporter.node(node)
        if news == TOLD:
            self.reporter.state(node)

    def _shed(self) -> None:
        """Forget strangers, and devices that have been silent for minutes."""
        self._link.forget_strangers(0)
        self._registry.forget_silent(SHED_MS)

    def health(self) -> dict:
        """Tell the queue's mark, what an exception has cut short, and of a sensor node of another version."""
        gateway = self._gateway
        health = {
            "most_at_once": gateway.most_at_once,
            "unread": self._link.received - gateway.read,
            "untold": gateway.untold,
        }
        if gateway.foreign_version:
            health["foreign_radio"] = gateway.foreign_version
        return health

    @seldom
    def _counters(self) -> dict:
        registry = self._registry
        counters = {
            "accepted": registry.accepted,
            "repeats": registry.repeats,
            "late": registry.late,
            "evicted": registry.evicted,
            "devices": len(registry.devices),
            "nodes": len(self.nodes.nodes),
        }
        counters.update(self.health())
        return counters
