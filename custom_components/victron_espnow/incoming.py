"""What comes in on the line: each kind of message has its handler here."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from homeassistant.core import callback

from . import issues
from .alarms import parse_alarm
from .const import LOGGER
from .device import Advert
from .hello import parse_hello
from .lines import parse_advert
from .port import shown
from .protocol import advertisement, serial_line
from .protocol.errors import ProtocolError
from .protocol.keys import parse_mac

if TYPE_CHECKING:
    from .hub import Hub


class Incoming:
    """Sorts the lines of one display node."""

    def __init__(self, hub: Hub) -> None:
        """Know whom to tell."""
        self.handlers: dict[str, Callable[[str], None]] = {
            "adv": self._on_advert,
            "hello": self._on_hello,
            "node": self._on_node,
            "health": self._on_health,
            "alarm": self._on_alarm,
            "coverage": self._on_coverage,
            "log": self._on_log,
        }
        self._hub = hub
        self._counters = hub.counters
        self._heard = hub.heard
        self._devices = hub.devices
        self._nodes = hub.nodes
        self._roll_call = hub.roll_call
        self._limits = hub.settings.limits

    @callback
    def handle(self, line: serial_line.Line) -> None:
        """Hand a line to its handler; what is unknown or unusable is counted."""
        handler = self.handlers.get(line.kind)
        if handler is None:
            self._counters["unknown_kind"] += 1
            return
        try:
            handler(line.payload)
        except ProtocolError as err:
            self._counters[err.reason] += 1

    def _on_advert(self, payload: str) -> None:
        """Route an advertisement by its address."""
        mac, node, rssi, age_ms, data = parse_advert(payload)
        if not advertisement.accepts(data):
            self._counters["not_instant_readout"] += 1
            return
        advert = Advert(mac, node, rssi, time.monotonic() - age_ms / 1000, data)
        configured = self._devices.by_mac
        self._heard.note(advert, configured)
        if (device := configured.get(mac)) is None:
            self._counters["not_configured"] += 1
            return
        self._devices.deliver(device, advert)
        if self._limits.incomplete:
            self._limits.ask_again(device.plain_mac)

    def _on_hello(self, payload: str) -> None:
        """A hello that nobody asked for is a board that restarted, or that was put in its place."""
        self._hub.take_hello(parse_hello(payload))
        self._hub.settings.begin()

    def _on_node(self, payload: str) -> None:
        """Keep what the display node says of a sensor node."""
        self._nodes.take_sensor(serial_line.parse_json(payload))

    def _on_health(self, payload: str) -> None:
        """Keep what the display node says of itself; it also counts the alarms that stand."""
        data = serial_line.parse_json(payload)
        self._nodes.take_display(data)
        if "uptime_s" in data:  # the line that would also name a foreign version
            hub = self._hub
            spoken = hub.hello.data.get("radio") if hub.hello else None
            issues.judge_radio(hub.hass, hub.entry, data.get("foreign_radio"), spoken)
        if "alarms" in data and not self._roll_call.is_under_way:
            if not data["alarms"]:  # the line that cleared one was lost
                self._roll_call.expect()
            self._roll_call.settle()

    def _on_coverage(self, payload: str) -> None:
        """Keep how well a sensor node hears each device, also those that another hears first."""
        data = serial_line.parse_json(payload)
        node = self._nodes.by_mac(parse_mac(str(data.get("node"))))
        heard = data.get("heard")
        if node is not None and isinstance(heard, dict):
            node.take_coverage({parse_mac(mac): rssi for mac, rssi in heard.items()})

    def _on_alarm(self, payload: str) -> None:
        """Give an alarm to the device or the node that it is about."""
        data = serial_line.parse_json(payload)
        mac = parse_mac(str(data.get("mac")))
        owner = self._devices.by_mac.get(mac) or self._nodes.by_mac(mac)
        if owner is None:
            self._counters["alarm_not_configured"] += 1
            return
        owner.alarms.take(parse_alarm(data))

    def _on_log(self, payload: str) -> None:
        """The node's own log, for whoever looks for a fault."""
        LOGGER.debug("%s: %s", shown(self._hub.url), payload)
