"""Which page the OLED shows, and when it is drawn."""

import asyncio

from machine import I2C, Pin

from display import pages, screen
from display.oled import Oled
from display.readings import Readings
from node.borrowed import Borrowed, OneAtATime, seldom
from node.mac_text import plain, readable

PERIOD_MS = 500
RETRY = 20  # periods between two looks for a panel that is not there
FREQUENCY = 400_000
TURN = 6  # periods that each of several alarms, or of several pages with nothing to show, gets
PAGE_PERIODS = 60  # a chosen page gives way to the first again
IDENTIFY_PERIODS = 20
BATTERY_PAGE, NETWORK_PAGE = 0, 1


class Face:
    """Draws twice a second; goes on without a panel."""

    def __init__(self, app, registry, keys, watch) -> None:
        self._app = app
        self._registry = registry
        self._keys = keys
        self._alarms = watch.alarms
        self._acknowledge = watch.acknowledge
        self._wifi = None  # while it is off
        self._nodes = None  # None while there is no key to know sensor nodes by
        self._readings = Readings(registry, keys)
        self._oled = Oled(_bus(app), app.options["oled_offset"], app.options["brightness"])
        app.options.on_change(self._note_change)
        self._period = 0
        self._pages = OneAtATime()  # the code of those that are seldom shown
        self._page = BATTERY_PAGE
        self._page_until = 0
        self._identify_until = 0
        self._described = (None, None, "", "")  # alarm, its value, its words, whose it is

    def use_nodes(self, nodes) -> None:
        """Show sensor nodes as well."""
        self._nodes = nodes

    def use_wifi(self, wifi) -> None:
        """Show how to reach this node, too."""
        self._wifi = wifi

    def press(self, kind: str) -> None:
        """Answer the button: long takes note of the alarms, short turns the page."""
        if kind == "long":
            self._acknowledge()
            return
        self._page = NETWORK_PAGE if self._wifi and self._page == BATTERY_PAGE else BATTERY_PAGE
        self._page_until = self._period + PAGE_PERIODS

    def _note_change(self, names) -> None:
        if "brightness" in names:
            self._oled.set_brightness(self._app.options["brightness"])

    def identify(self) -> None:
        """Say for some seconds which node this is."""
        self._identify_until = self._period + IDENTIFY_PERIODS

    async def run(self, pulse) -> None:
        """Draw for ever."""
        log = self._app.log
        was_present = None
        while True:
            pulse.beat()
            is_present = self._oled.present or self._oled.start()
            if is_present:
                self.draw(self._oled.canvas)
                is_present = self._oled.show()
            if is_present != was_present:
                was_present = is_present
                log.info("OLED found") if is_present else log.warning("no OLED, going on without")
            await asyncio.sleep_ms(PERIOD_MS if is_present else PERIOD_MS * RETRY)

    def draw(self, canvas) -> None:
        """Draw what matters now."""
        self._period += 1
        if self._period < self._identify_until:
            pages.identify(canvas, self._app.name, readable(self._app.radio.mac))
            return
        alarms = self._alarms.active()
        raised = [one for one in alarms if one.state == "raised"]
        if raised:
            self._alarm(canvas, raised)
            return
        if self._page == NETWORK_PAGE and self._period < self._page_until:
            self._pages.get("display.network_page").draw(canvas, self._wifi)
            return
        self._page = BATTERY_PAGE
        self._battery(canvas, bool(alarms))

    def _alarm(self, canvas, raised: list) -> None:
        """Draw the raised alarms in turn."""
        number = self._period // TURN % len(raised)
        alarm = raised[number]
        page = self._pages.get("display.alarm_page")
        if self._described[0] is not alarm or self._described[1] != alarm.value:
            device = self._registry.devices.get(alarm.mac)
            record_type = device.record_type if device else -1
            words = page.words(alarm, record_type)
            self._described = (alarm, alarm.value, words, self._name(alarm.mac))
        place = f"{number + 1}/{len(raised)}" if len(raised) > 1 else ""
        seconds = self._app.uptime.seconds() - alarm.since
        _, _, words, name = self._described
        page.draw(canvas, alarm, name, words, seconds, place)

    @seldom
    def _name(self, mac: bytes) -> str:
        """Return what the user calls a device or a board, or the end of its address."""
        if mac == self._app.radio.mac:
            return self._app.name
        node = self._nodes.nodes.get(mac) if self._nodes else None
        name = self._keys.name_of(mac)
        if not name and node and node.state:
            with Borrowed("protocol.radio_state") as radio_state:
                name = radio_state.unpack_state(node.state)["name"]
        return name or plain(mac)[-4:]

    def _battery(self, canvas, has_alarms: bool) -> None:
        device, reading = (None, "no_node")
        present = self._nodes.present() if self._nodes else []
        if self._nodes is None:
            reading = "not_provisioned"
        elif present:
            device, reading = self._readings.battery()
        if device is None:
            self._cause(canvas, reading)
            return
        name = self._keys.name_of(device.mac) or "Battery"
        pages.battery(canvas, name, reading, device.age_ms(), who_is_lost(self._nodes, device))
        if has_alarms:
            screen.label(canvas, "!", pages.NAME_LETTERS * screen.LETTER, 0)

    def _cause(self, canvas, reason: str) -> None:
        """Say why there is nothing to show; in turn, how to reach our access point."""
        if self._wifi and self._wifi.point_open and self._period // TURN % 2:
            self._pages.get("display.network_page").draw(canvas, self._wifi)
            return
        pages.cause(canvas, reason)


def who_is_lost(nodes, device) -> str:
    """Return who fell silent: nobody, the radio hop, or the device itself.

    A sensor node that sleeps between two frames is not lost, nor are the devices it will tell of.
    """
    if device.age_ms() < pages.STALE_MS:
        return ""
    node = nodes.nodes.get(device.node)
    if node is None or node.is_lost():
        return "sensor node lost"
    return "device silent" if device.age_ms() - node.age_ms() >= pages.STALE_MS else ""


def _bus(app):
    """Return the I2C bus; None when the chip cannot have it on these pins."""
    options = app.options
    try:
        scl, sda = Pin(options["pin_scl"]), Pin(options["pin_sda"])
        return I2C(0, scl=scl, sda=sda, freq=FREQUENCY)
    except ValueError as error:
        app.log.fault("OLED pins", error)
        return None
