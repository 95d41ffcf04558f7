"""The parts of a display node, joined."""

# From the bottom up: imports within imports take stack, and a chip has little.
import protocol.instant_readout  # noqa: F401

# isort: split
from display.button import Button
from display.face import Face
from display.keys import Keys, mac_of
from display.limits import Limits
from display.registry import Registry
from display.relay import Relay
from display.sounder import Sounder
from display.watch import Watch
from display.wifi import Wifi


class DisplayNode:
    """Adds to the app what a display node does."""

    def __init__(self, app, link) -> None:
        self._app = app
        self._link = link
        app.options.add_table("display.option_table")
        self._registry = Registry()
        self._keys = Keys()
        self._limits = Limits(self._keys)
        self._watch = Watch(app, self._registry, self._keys, self._limits)
        self._wifi = Wifi(app, link)
        self._relay = None  # nothing is relayed before there is a key
        app.more_health = self._health

    def prepare(self) -> None:
        """Receive nothing before a key is there to tell genuine from forged."""
        app = self._app
        for file, problem in (("keys", self._keys.problem), ("limits", self._limits.problem)):
            if problem:
                app.log.warning(f"{file}.json: {problem}")
        face = Face(app, self._registry, self._keys, self._watch, self._wifi)
        if app.config.provisioned:
            relay = Relay(app, self._link, self._registry)
            relay.start()
            relay.reporter.more_snapshot = self._watch.snapshot
            self._relay = relay
            face.use_nodes(relay.nodes)
            self._watch.use_nodes(relay.nodes)
        else:
            app.log.info("not provisioned: neither sending nor listening")
        self._add_commands(face)
        app.add_task("wifi", self._wifi.run)
        app.add_task("alarms", self._watch.run)
        app.add_task("face", face.run)
        self._add_pins(face)

    def _add_commands(self, face) -> None:
        add = self._app.console.add
        add("devices", self._keys.command_devices)
        add("key", self._keys.command_key)
        add("forget", self._forget)
        add("limits", self._watch.command_limits)
        add("alarm_test", self._watch.command_test)
        add("acknowledge", self._watch.command_acknowledge)
        add("identify", face.command_identify)

    def _add_pins(self, face) -> None:
        """Use what is wired; a pin that this chip does not have must not keep the node from starting."""
        options = self._app.options
        button, buzzer, lamp = options["pin_button"], options["pin_buzzer"], options["pin_led"]
        try:
            if buzzer >= 0 or lamp >= 0:
                sounder = Sounder(self._watch.alarms, buzzer, lamp)
                self._watch.on_change(sounder.look)
                self._app.add_task("sounder", sounder.run)
            if button >= 0:
                self._app.add_task("button", Button(button, face.press).run)
        except ValueError as error:
            self._app.log.fault("button, buzzer, lamp", error)

    def _health(self) -> dict:
        health = self._relay.health() if self._relay else {}
        health.update(self._watch.health())
        health.update(self._wifi.health())
        return health

    def _forget(self, args: dict) -> None:
        """Drop a device with all that belongs to it."""
        mac = mac_of(args.get("mac"))
        self._limits.forget(mac)
        self._keys.forget(mac)
        self._watch.forget(mac)
