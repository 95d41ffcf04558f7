"""From the radio to the serial line: gateway, registry and reporter, joined."""

from display.ceilings import Ceilings
from display.gateway import Gateway
from display.reporter import Reporter
from display.sensor_nodes import SensorNodes
from node.mac_text import readable

FIRST_CHANNEL = 6  # until Wi-Fi decides: sensor nodes find it wherever it is


class Relay:
    """What a provisioned display node does with frames."""

    def __init__(self, app, link, registry) -> None:
        self._app = app
        self._link = link
        self._registry = registry
        ceilings = Ceilings()
        self.nodes = SensorNodes(app.config.key, ceilings)
        self._reporter = Reporter(app, registry, self.nodes)
        self._gateway = Gateway(
            link, app.config, app.epoch, self.nodes, ceilings, self._take, self._greet
        )

    def start(self) -> None:
        """Open the radio and hand the tasks to the app."""
        app = self._app
        app.snapshot = self._reporter.snapshot
        app.more_counters = self._counters
        app.more_health = self._health
        app.refusals.append(self._gateway.refused)
        self._link.open()
        self._link.set_channel(FIRST_CHANNEL)
        app.add_task("gateway", self._gateway.run)
        app.add_task("nodes", self._reporter.tell_nodes)
        app.add_task("snapshot", self._reporter.tell_snapshots)

    def _take(self, node: bytes, mac: bytes, rssi: int, age_ms: int, md: bytes) -> None:
        """Pass one reading on if it is new."""
        device = self._registry.take(node, mac, rssi, age_ms, md)
        if device:
            self._reporter.reading(device)

    def _greet(self, node) -> None:
        """Tell about a sensor node as soon as it appears."""
        self._app.log.info(f"sensor node {readable(node.mac)} appeared")
        self._reporter.node(node)

    def _health(self) -> dict:
        """Tell of a sensor node that speaks another version: it cannot tell the host itself."""
        foreign = self._gateway.foreign_version
        return {"foreign_radio": foreign} if foreign else {}

    def _counters(self) -> dict:
        registry = self._registry
        return {
            "accepted": registry.accepted,
            "repeats": registry.repeats,
            "late": registry.late,
            "evicted": registry.evicted,
            "devices": len(registry.devices),
            "nodes": len(self.nodes.nodes),
            "most_at_once": self._gateway.most_at_once,
        }
