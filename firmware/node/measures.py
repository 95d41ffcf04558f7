"""What only a real board can be asked; in memory only while it is measured (scripts/hardware-check asks).

The command is acknowledged at once, the result follows as a line `measured`: some take seconds.
"""

import asyncio
import time

from node.borrowed import Borrowed
from protocol import radio_frame
from protocol.errors import ProtocolError

ROUNDS = 20


class NoSuchMeasure(ProtocolError):
    """Nothing of that name can be measured here."""

    reason = "no_such_measure"


def command(app, args: dict) -> None:
    """Begin to measure what the host wants to know."""
    what = args.get("what")
    if not isinstance(what, str):  # a list cannot be looked up
        raise NoSuchMeasure
    found = _find(app, what)
    asyncio.create_task(_run(app, what, *found))  # noqa: RUF006  MicroPython's loop keeps its tasks


def _find(app, what) -> tuple:
    """Return the function and what it works with: ours, or that of the role."""
    if what in MEASURES:
        return MEASURES[what], app
    if app.more_measures:
        module, parts = app.more_measures
        with Borrowed(module) as measures:
            if what in measures.MEASURES:
                return measures.MEASURES[what], parts
    raise NoSuchMeasure


async def _run(app, what, measure, parts) -> None:
    """Measure, and tell what came of it."""
    try:
        result = await measure(parts)
    except ProtocolError as error:
        result = {"error": error.reason}
    except Exception as error:
        app.log.fault("measure " + what, error)
        result = {"error": "internal"}
    result["what"] = what
    app.send_json("measured", result)


async def hmac(app) -> dict:
    """Sign full frames with a key that means nothing."""
    buffer = bytearray(radio_frame.MAX_FRAME)
    body = radio_frame.MAX_FRAME - radio_frame.HEADER - radio_frame.TAG
    key = bytes(16)
    mac = app.radio.mac
    total = longest = 0
    for number in range(ROUNDS):
        start = time.ticks_us()
        radio_frame.seal(
            buffer, body, radio_frame.READINGS, 0, 0, 1, number, (0, 0, 0, 0), key, mac, mac
        )
        took = time.ticks_diff(time.ticks_us(), start)
        total += took
        longest = max(longest, took)
        await asyncio.sleep_ms(0)
    return {"us": total // ROUNDS, "longest_us": longest, "rounds": ROUNDS}


MEASURES = {"hmac": hmac}
