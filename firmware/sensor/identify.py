"""Show which board this is: its LED blinks, its log says so."""

import asyncio

BLINKS = 60
BLINK_MS = 250


async def identify_node(app) -> None:
    """Blink for half a minute."""
    app.log.info("identify: it is this one")
    number = app.options["pin_led"]
    if number < 0:
        return
    from machine import Pin

    led = Pin(number, Pin.OUT)
    for blink in range(2 * BLINKS):
        led.value(not blink & 1)
        await asyncio.sleep_ms(BLINK_MS)
