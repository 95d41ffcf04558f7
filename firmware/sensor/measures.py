"""What a sensor node can measure; read from flash when somebody asks."""

import asyncio
import os

from protocol import radio_frame
from protocol.errors import ProtocolError
from protocol.radio_bodies import pack_query, unpack_answer

TRIES = 10
WINDOW_MS = 80
PAUSE_MS = 600  # the display node answers no more than two questions a second for long
CHALLENGE_BYTES = 8


class NothingThere(ProtocolError):
    """No display node is known."""

    reason = "nothing_there"


async def reception(parts) -> dict:
    """Ask the display node with the scan paused and without: does the radio hear while it scans?"""
    _, _, _, home = parts
    if not home.known:
        raise NothingThere
    acknowledged, paused = await _answers(parts, True)
    acknowledged_scanning, scanning = await _answers(parts, False)
    return {
        "tries": TRIES,
        "paused_acked": acknowledged,
        "paused": paused,
        "scanning_acked": acknowledged_scanning,
        "scanning": scanning,
    }


async def _answers(parts, pause: bool) -> tuple:
    """Return how many questions a radio acknowledged, and how many came back answered."""
    link, downlink, session, home = parts
    heard = answered = 0
    for _ in range(TRIES):
        challenge = os.urandom(CHALLENGE_BYTES)
        if pause:
            downlink.pause_scan()
        try:
            length = pack_query(session.body, challenge, link.channel)
            frame = session.seal(length, radio_frame.QUERY, home.mac)
            # One attempt: the frame lies in a buffer that the uplink needs as soon as we wait.
            acknowledged, answer = await downlink.ask(
                home.mac,
                frame,
                1,
                WINDOW_MS,
                lambda opened: _is_answer(opened, challenge),  # noqa: B023  called only in here
            )
        finally:
            if pause:
                downlink.resume_scan()
        heard += acknowledged
        answered += answer is not None
        await asyncio.sleep_ms(PAUSE_MS)
    return heard, answered


def _is_answer(opened, challenge: bytes) -> bool:
    if opened.kind != radio_frame.ANSWER:
        return False
    try:
        return unpack_answer(opened.body)[0] == challenge
    except ProtocolError:
        return False


MEASURES = {"scan_rx": reception}
