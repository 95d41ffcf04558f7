"""Which page the OLED shows, and when it is drawn."""

import asyncio

from machine import I2C, Pin

from display import pages
from display.oled import Oled
from display.readings import Readings

PERIOD_MS = 500
RETRY = 20  # periods between two looks for a panel that is not there
SCL = 22
SDA = 21
FREQUENCY = 400_000


class Face:
    """Draws twice a second; goes on without a panel."""

    def __init__(self, app, registry, keys, nodes) -> None:
        self._app = app
        self._registry = registry
        self._keys = keys
        self._readings = Readings(registry, keys)
        self._oled = Oled(I2C(0, scl=Pin(SCL), sda=Pin(SDA), freq=FREQUENCY))
        self._nodes = nodes  # None while there is no key to know sensor nodes by

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
        if self._nodes is None:
            pages.cause(canvas, "not_provisioned")
            return
        present = self._nodes.present()
        if not present:
            pages.cause(canvas, "no_node")
            return
        device, reading = self._readings.battery()
        if device is None:
            pages.cause(canvas, reading)
            return
        name = self._keys.name_of(device.mac) or "Battery"
        pages.battery(canvas, name, reading, device.age_ms(), self._lost(device, present))

    def _lost(self, device, present: list) -> str:
        """Return who fell silent: nobody, the radio hop, or the device itself."""
        if device.age_ms() < pages.STALE_MS:
            return ""
        if all(node.age_ms() >= pages.STALE_MS for node in present):
            return "sensor node lost"
        return "device silent"
