"""The parts of a display node, joined."""

from display.face import Face
from display.keys import Keys
from display.registry import Registry
from display.relay import Relay


class DisplayNode:
    """Adds to the app what a display node does."""

    def __init__(self, app, link) -> None:
        self._app = app
        self._link = link
        self._registry = Registry()
        self._keys = Keys()

    def prepare(self) -> None:
        """Receive nothing before a key is there to tell genuine from forged."""
        app = self._app
        app.console.add("devices", self._keys.command_devices)
        app.console.add("key", self._keys.command_key)
        app.console.add("forget", self._keys.command_forget)
        if self._keys.problem:
            app.log.warning(f"keys.json: {self._keys.problem}")
        nodes = None
        if app.config.provisioned:
            relay = Relay(app, self._link, self._registry)
            relay.start()
            nodes = relay.nodes
        else:
            app.log.info("not provisioned: neither sending nor listening")
        app.add_task("face", Face(app, self._registry, self._keys, nodes).run)
