"""The parts of a display node, and what joins them while it runs."""

import asyncio

# From the bottom up: imports within imports take stack, and a chip has little.
import protocol.instant_readout  # noqa: F401

# isort: split
from display.button import Button
from display.face import Face
from display.keys import Keys
from display.limits import Limits
from display.registry import Registry
from display.relay import Relay
from display.watch import Watch
from node.borrowed import lend, needed, seldom


class DisplayNode:
    """Adds to the app what a display node does."""

    def __init__(self, app, link) -> None:
        self.app = app
        self.link = link
        app.options.add_table("display.option_table")
        self.registry = Registry()
        self.keys = Keys()
        self.limits = Limits()
        self.watch = Watch(app, self.registry, self.keys, self.limits)
        self.face = Face(app, self.registry, self.keys, self.limits, self.watch)
        self.relay = None  # nothing is relayed before there is a key
        self._wifi = None  # not before somebody wants it
        self._wifi_wanted = asyncio.Event()
        app.commands.append(("display.commands", self))
        app.options.on_change(self._note_change)
        app.more_health = self._health
        app.more_measures = ("display.measures", app)

    def prepare(self) -> None:
        """Receive nothing before a key is there to tell genuine from forged."""
        app = self.app
        for file, problem in (("keys", self.keys.problem), ("limits", self.limits.problem)):
            if problem:
                app.log.warning(f"{file}.json: {problem}")
        if app.config.provisioned:
            relay = self.relay = Relay(app, self.link, self.registry)
            relay.start()
            relay.reporter.more_snapshot = self.watch.snapshot
            self.face.use_nodes(relay.nodes)
            self.watch.use_nodes(relay.nodes)
        else:
            app.log.info("not provisioned: neither sending nor listening")
        app.add_task("wifi", self._run_wifi)
        app.add_task("web", self._run_web)
        app.add_task("alarms", self.watch.run)
        app.add_task("face", self.face.run)
        self._add_pins()

    def _add_pins(self) -> None:
        """Use what is wired; a pin that this chip does not have must not keep the node from starting."""
        app = self.app
        button, buzzer, lamp = [app.options["pin_" + one] for one in ("button", "buzzer", "led")]
        try:
            if buzzer >= 0 or lamp >= 0:
                sounder = needed("display.sounder").Sounder(self.watch.alarms, buzzer, lamp)
                self.watch.on_change(sounder.look)
                app.add_task("sounder", sounder.run)
            if button >= 0:
                app.add_task("button", Button(button, self.face.press).run)
        except ValueError as error:
            app.log.fault("button, buzzer, lamp", error)

    async def _run_wifi(self, pulse) -> None:
        """Load the Wi-Fi when the options first ask for it."""
        if self._wifi is None:
            await self._until_wifi(pulse)
            self._wifi = needed("display.wifi").Wifi(self.app, self.link)
            self.face.use_wifi(self._wifi)
        await self._wifi.run(pulse)

    async def _run_web(self, pulse) -> None:
        """Serve the page while there is Wi-Fi; without it nothing of that is in memory."""
        while True:
            await self._until_wifi(pulse)
            await lend("display.web").Web(self).run(pulse, self._has_wifi)

    async def _until_wifi(self, pulse) -> None:
        while not self._has_wifi():
            pulse.rest(self._wifi_wanted.is_set)
            await self._wifi_wanted.wait()
            self._wifi_wanted.clear()

    def _has_wifi(self) -> bool:
        return self.app.options["wifi_mode"] != "off"

    @seldom
    def _health(self) -> dict:
        health = self.relay.health() if self.relay else {}
        health["channel"] = self.link.lasting_channel
        health.update(self.watch.health())
        if self._wifi:
            health.update(self._wifi.health())
        return health

    @seldom
    def _note_change(self, names) -> None:
        """Follow the options at once as far as no restart is needed."""
        self._wifi_wanted.set()
        if self._wifi is None and "channel" in names and self.app.options["wifi_mode"] == "off":
            self.link.set_channel(self.app.options["channel"])
