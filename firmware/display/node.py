"""The parts of a display node, joined."""

from display.ceilings import Ceilings
from display.face import Face
from display.gateway import Gateway
from display.keys import Keys
from display.registry import Registry
from display.reporter import Reporter
from display.sensor_nodes import SensorNodes
from node.mac_text import readable

FIRST_CHANNEL = 6  # until Wi-Fi decides: sensor nodes find it wherever it is


class DisplayNode:
    """Adds to the app what a display node does."""

    def __init__(self, app, link) -> None:
        self._app = app
        self._link = link
        self.registry = Registry()
        self.keys = Keys()
        self.face = Face(app, self.registry, self.keys)
        self.nodes = None

    def prepare(self) -> None:
        """Receive nothing before a key is there to tell genuine from forged."""
        app = self._app
        app.console.add("devices", self.keys.command_devices)
        app.console.add("key", self.keys.command_key)
        app.console.add("forget", self.keys.command_forget)
        if self.keys.problem:
            app.log.warning(f"keys.json: {self.keys.problem}")
        app.add_task("face", self.face.run)
        if app.config.provisioned:
            self._prepare_radio()
        else:
            app.log.info("not provisioned: neither sending nor listening")

    def _prepare_radio(self) -> None:
        app = self._app
        ceilings = Ceilings()
        self.nodes = self.face.nodes = SensorNodes(app.config.key, ceilings)
        self._reporter = Reporter(app, self.registry, self.nodes)
        self._gateway = Gateway(
            self._link, app.config, app.epoch, self.nodes, ceilings, self._take, self._greet
        )
        app.snapshot = self._reporter.snapshot
        app.more_counters = self._counters
        app.refusals.append(self._gateway.refused)
        self._link.open()
        self._link.set_channel(FIRST_CHANNEL)
        app.add_task("gateway", self._gateway.run)
        app.add_task("nodes", self._reporter.tell_nodes)
        app.add_task("snapshot", self._reporter.tell_snapshots)

    def _take(self, node: bytes, mac: bytes, rssi: int, age_ms: int, md: bytes) -> None:
        """Pass one reading on if it is new."""
        device = self.registry.take(node, mac, rssi, age_ms, md)
        if device:
            self._reporter.reading(device)

    def _greet(self, node) -> None:
        """Tell about a sensor node as soon as it appears."""
        self._app.log.info(f"sensor node {readable(node.mac)} appeared")
        self._reporter.node(node)

    def _counters(self) -> dict:
        registry = self.registry
        return {
            "accepted": registry.accepted,
            "repeats": registry.repeats,
            "late": registry.late,
            "evicted": registry.evicted,
            "devices": len(registry.devices),
            "nodes": len(self.nodes.nodes),
            "most_at_once": self._gateway.most_at_once,
        }
