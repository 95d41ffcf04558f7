"""What somebody with a cable asks of a sensor node; borrowed for the moment."""

import asyncio

from node.config import BadSetting
from protocol.errors import ProtocolError
from sensor.errands import MOST_SURVEY_S, SURVEY_EVERY_MS
from sensor.identify import identify_node

SURVEY_S = 60


class NotProvisioned(ProtocolError):
    """Without a key there is nobody to ask for an answer."""

    reason = "not_provisioned"


def _identify(owner: tuple, _args: dict) -> None:
    app, errands = owner
    errands.blinking = asyncio.create_task(identify_node(app))


def _survey(owner: tuple, args: dict) -> None:
    """Let a good place be looked for; zero seconds end it."""
    app, errands = owner
    seconds = args.get("seconds", SURVEY_S)
    if not isinstance(seconds, int) or not 0 <= seconds <= MOST_SURVEY_S:
        raise BadSetting("seconds")
    if not app.config.provisioned:
        raise NotProvisioned
    was_surveying = errands.surveying
    errands.survey(seconds)
    if not was_surveying:
        asyncio.create_task(_tell_strength(app, errands))  # noqa: RUF006  the loop keeps its tasks


async def _tell_strength(app, errands) -> None:
    """Write for whoever carries the node around how well it and the display node hear each other."""
    after, _ = errands.state()
    while True:
        before = after
        await asyncio.sleep_ms(SURVEY_EVERY_MS)
        if not errands.surveying:
            return
        after, _ = errands.state()
        receipts = after["receipts"] - before["receipts"]
        asked = receipts + after["missing_receipts"] - before["missing_receipts"]
        text = f"survey: {receipts} of {asked} receipts on channel {after['channel']}"
        app.log.info(text + (f", the last with {after['down_rssi']} dBm" if receipts else ""))


HANDLERS = {"identify": _identify, "survey": _survey}
