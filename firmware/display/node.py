"""The parts of a display node, joined."""

import asyncio

# From the bottom up: imports within imports take stack, and a chip has little.
import protocol.instant_readout  # noqa: F401

# isort: split
from display.button import Button
from display.face import Face
from display.keys import Keys, mac_of
from display.limits import Limits
from display.registry import Registry
from display.relay import Relay
from display.watch import Watch
from node.borrowed import needed


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
        self._wifi = None  # not before somebody wants it
        self._wifi_wanted = asyncio.Event()
        self._face = Face(app, self._registry, self._keys, self._watch)
        app.options.on_change(self._note_change)
        self._relay = None  # nothing is relayed before there is a key
        app.more_health = self._health
        app.more_measures = ("display.measures", app)

    def prepare(self) -> None:
        """Receive nothing before a key is there to tell genuine from forged."""
        app = self._app
        for file, problem in (("keys", self._keys.problem), ("limits", self._limits.problem)):
            if problem:
                app.log.warning(f"{file}.json: {problem}")
        face = self._face
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
        app.add_task("wifi", self._run_wifi)
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
                sounder = needed("display.sounder").Sounder(self._watch.alarms, buzzer, lamp)
                self._watch.on_change(sounder.look)
                self._app.add_task("sounder", sounder.run)
            if button >= 0:
                self._app.add_task("button", Button(button, face.press).run)
        except ValueError as error:
            self._app.log.fault("button, buzzer, lamp", error)

    def _health(self) -> dict:
        health = self._relay.health() if self._relay else {}
        health["channel"] = self._link.lasting_channel
        health.update(self._watch.health())
        if self._wifi:
            health.update(self._wifi.health())
        return health

    async def _run_wifi(self, pulse) -> None:
        """Load the Wi-Fi when the options first ask for it."""
        options = self._app.options
        while self._wifi is None and options["wifi_mode"] == "off":
            pulse.rest()
            await self._wifi_wanted.wait()
            self._wifi_wanted.clear()
        if self._wifi is None:
            self._wifi = needed("display.wifi").Wifi(self._app, self._link)
            self._face.use_wifi(self._wifi)
        await self._wifi.run(pulse)

    def _note_change(self, names) -> None:
        """Follow the options at once as far as no restart is needed."""
        self._wifi_wanted.set()
        if self._wifi is None and "channel" in names and self._app.options["wifi_mode"] == "off":
            self._link.set_channel(self._app.options["channel"])

    def _forget(self, args: dict) -> None:
        """Drop a device with all that belongs to it."""
        mac = mac_of(args.get("mac"))
        self._limits.forget(mac)
        self._keys.forget(mac)
        self._watch.forget(mac)
