"""What a display node can measure; read from flash when somebody asks."""

import asyncio
import time

from machine import I2C, Pin

from display.face import FREQUENCY
from display.oled import ADDRESSES, PAGES, STRIDE
from protocol.errors import ProtocolError

NO_OPERATION = 0xE3  # in the data sheets of SSD1306 and SH1106
ROUNDS = 5


class NothingThere(ProtocolError):
    """No panel answers."""

    reason = "nothing_there"


async def i2c(app) -> dict:
    """Send as many bytes as a picture has; commands without effect, so that the picture stays."""
    pins = Pin(app.options["pin_scl"]), Pin(app.options["pin_sda"])
    bus = I2C(0, scl=pins[0], sda=pins[1], freq=FREQUENCY)
    page = b"\x00" + bytes((NO_OPERATION,)) * (STRIDE - 1)
    total = longest = 0
    try:
        address = next(one for one in bus.scan() if one in ADDRESSES)
        for _ in range(ROUNDS):
            start = time.ticks_us()
            for _ in range(PAGES):
                bus.writeto(address, page)
            took = time.ticks_diff(time.ticks_us(), start)
            total += took
            longest = max(longest, took)
            await asyncio.sleep_ms(0)
    except (OSError, StopIteration):
        raise NothingThere from None
    return {"ms": total / ROUNDS / 1000, "longest_ms": longest / 1000, "bytes": PAGES * STRIDE}


MEASURES = {"i2c": i2c}
