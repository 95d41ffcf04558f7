"""Which page the OLED shows, and when it is drawn.

The page of a device is read from flash when it is drawn anew: every other second, and at once when it shows something
else than numbers. What is shown otherwise is there for as long as it is shown.
"""

import asyncio

from machine import I2C, Pin

from display.oled import Oled
from node.borrowed import Borrowed, OneAtATime, lend, seldom

PERIOD_MS = 500
ANEW = 4  # periods between two pictures of one device
RETRY = 20  # periods between two looks for a panel that is not there
FREQUENCY = 400_000
PRESSED_PERIODS = 60  # a page that somebody chose stays for so long
OTHER_PERIODS = 240  # and a page that is no device's: it is read, or walked about with
IDENTIFY_PERIODS = 20
TURN = 6  # periods that each of several pages with nothing to show gets
LOOKS_PERIODS = 60  # between two looks at the clock
MINUTE_S = 60
MAC_BYTES = 6


class Face:
    """Draws twice a second; goes on without a panel. What is public is there for the pages."""

    def __init__(self, app, registry, keys, limits, watch) -> None:
        self.app = app
        self.registry = registry
        self.keys = keys
        self.limits = limits
        self.wifi = None  # as long as nobody has asked for it
        self.nodes = None  # None while there is no key to know sensor nodes by
        self.title = ""  # of the page, in letters that the font has
        self.subject = b""  # a device's MAC, or another page's shorter name (display/turning.py)
        self.row = None  # of a device: what of it is shown (display/summary.py)
        self.held = False
        self.has_alarms = False
        self.tick = 0
        self._watch = watch
        self._oled = Oled(_bus(app), app.options["oled_offset"], app.options["brightness"])
        self._pages = OneAtATime()
        self._module = ""
        self._drawn = None  # what a picture of this page shows beside numbers; None: there is none
        self._shift = (0, 0)  # of that picture: columns to the right, rows up
        self._stamp = None  # by what the page was chosen
        self._turn_at = 0
        self._identify_until = 0
        self._touched = app.uptime.seconds()
        self._looks = (0, 0, 0)  # brightness, and where the picture has moved to: right, up
        self._looks_at = 0
        app.options.on_change(self._note_change)

    def use_nodes(self, nodes) -> None:
        """Show sensor nodes as well."""
        self.nodes = nodes

    def use_wifi(self, wifi) -> None:
        """Show how to reach this node, too."""
        self.wifi = wifi

    @seldom
    def press(self, kind: str) -> None:
        """Answer the button: short turns the page; long takes note of the alarms, else holds the page."""
        was_dark = self._is_dark()
        self._touched = self.app.uptime.seconds()
        is_long = kind == "long"
        if was_dark:
            pass  # who looks for the light does not yet mean a page
        elif any(one.state == "raised" for one in self._watch.alarms.active()):
            if is_long:
                self._watch.acknowledge()
        elif is_long:
            self.held = not self.held
            self._turn_at = self.tick
        else:
            self.held = False
            self._choose(1, False)
            stays = PRESSED_PERIODS if len(self.subject) == MAC_BYTES else OTHER_PERIODS
            self._turn_at = self.tick + stays
        if self._oled.present:
            self._show()

    @seldom
    def identify(self) -> None:
        """Say for some seconds which node this is."""
        self._identify_until = self.tick + IDENTIFY_PERIODS
        self._touched = self.app.uptime.seconds()

    async def run(self, pulse) -> None:
        """Draw for ever."""
        log = self.app.log
        was_present = None
        while True:
            pulse.beat()
            is_present = (self._oled.present or self._oled.start()) and self._show()
            if is_present != was_present:
                was_present = is_present
                log.info("OLED found") if is_present else log.warning("no OLED, going on without")
            await asyncio.sleep_ms(PERIOD_MS if is_present else PERIOD_MS * RETRY)

    def _show(self) -> bool:
        """Draw where there is something new, and send; tell whether the panel is there."""
        self.tick += 1
        if self.tick >= self._looks_at:
            self._look()
        module, subject = self._chosen()
        if module:
            self._draw(module, subject)
        else:
            self._drawn = None
        self._oled.look(self._looks[0], self._shift[1], not self._is_dark())
        return self._oled.show()

    def _chosen(self) -> tuple:
        """Return the page that matters now and what it is about; no page while the screen is dark."""
        alarms = self._watch.alarms.active()
        raised = [one for one in alarms if one.state == "raised"]
        self.has_alarms = bool(alarms)
        if self.tick < self._identify_until:
            return "display.identify_page", None
        if raised:
            self._touched = self.app.uptime.seconds()
            return "display.alarm_page", raised
        if self._is_dark():
            return "", None
        self._turn()
        if not self.subject and self.wifi and self.wifi.point_open and self.tick // TURN % 2:
            return "display.network_page", self.subject  # nothing to show: in turn, how to reach us
        return self._module, self.subject

    def _draw(self, module: str, subject) -> None:
        """Draw a page, that of a device only if it is time or shows something else; move it against burn-in."""
        drawn = None
        if module == self._module and len(self.subject) == MAC_BYTES:
            drawn = (self.held, self.has_alarms, self._looks)
            if drawn == self._drawn and self.tick % ANEW:
                return
            self._pages.forget()
            page = lend(module)
        else:
            page = self._pages.get(module)
        self._drawn = drawn
        canvas = self._oled.canvas
        self._shift = self._looks[1:] if page.draw(canvas, self, subject) else (0, 0)
        right = self._shift[0]
        canvas.scroll(right, 0)
        canvas.fill_rect(0, 0, right, 64, 0)

    def _turn(self) -> None:
        """Go on to the next page when it is time, and follow what has become of this one."""
        if self.tick >= self._turn_at and not self.held:
            seconds = self.app.options["page_seconds"]
            self._turn_at = self.tick + (seconds or MINUTE_S) * 1000 // PERIOD_MS
            if seconds or len(self.subject) != MAC_BYTES:
                self._choose(1, True)
        if self._stamp != self._present_stamp():
            self._choose(0, False)

    @seldom
    def _choose(self, step: int, devices_only: bool) -> None:
        with Borrowed("display.turning") as turning:
            chosen = turning.choose(self, step, devices_only)
        self._module, self.subject, self.title, self.row = chosen
        self._stamp = self._present_stamp()
        self._drawn = None  # another page, name or kind of device

    def _present_stamp(self) -> tuple:
        """Return what decides about the page: a change of it chooses anew."""
        device = self.registry.devices.get(self.subject)
        return (
            self.keys.entries.get(self.subject),
            device.record_type if device else None,
            len(self.keys),
            bool(self.nodes and self.nodes.present()),
        )

    def _is_dark(self) -> bool:
        """Tell whether nobody has cared for so long that the screen goes dark."""
        minutes = self.app.options["saver_minutes"]
        return minutes > 0 and self.app.uptime.seconds() - self._touched >= minutes * MINUTE_S

    @seldom
    def _look(self) -> None:
        """Follow the hour, and move the picture now and then."""
        self._looks_at = self.tick + LOOKS_PERIODS
        with Borrowed("display.looks") as looks:
            self._looks = looks.at(self.app.options, self.app.uptime.seconds())

    @seldom
    def _note_change(self, names) -> None:
        self._looks_at = 0
        if "saver_minutes" in names:
            self._touched = self.app.uptime.seconds()


def _bus(app):
    """Return the I2C bus; None when the chip cannot have it on these pins."""
    options = app.options
    try:
        scl, sda = Pin(options["pin_scl"]), Pin(options["pin_sda"])
        return I2C(0, scl=scl, sda=sda, freq=FREQUENCY)
    except ValueError as error:
        app.log.fault("OLED pins", error)
        return None
