"""Carry out what the display node has ordered; borrowed for the moment."""

import asyncio

from protocol.errors import ProtocolError
from protocol.serial_json import parse_json
from sensor.errands import MOST_SURVEY_S


class BadOrder(ProtocolError):
    """Not what an order looks like."""

    reason = "bad_order"


def carry_out(app, errands, text: bytes) -> tuple:
    """Return (the reason why it was refused or "", what to do once that is told or None)."""
    try:
        return "", _do(app, errands, _read(text))
    except ProtocolError as error:
        reason = error.reason
    except Exception as error:
        app.log.fault("order", error)
        reason = "internal"
    app.log.warning(f"order of the display node refused: {reason}")
    return reason, None


def _read(text: bytes) -> dict:
    """Return what is wanted, its letters whole: json leaves those apart that need two escapes."""
    try:
        return parse_json(text)
    except ProtocolError:
        raise BadOrder from None


def _do(app, errands, wanted: dict):
    """Everything in an order is an option to set, but for these few."""
    reboot = wanted.pop("reboot", False)
    identify = wanted.pop("identify", False)
    survey = wanted.pop("survey", 0)
    if not isinstance(survey, int) or not 0 <= survey <= MOST_SURVEY_S:
        raise BadOrder
    more = wanted.pop("allow_more", [])  # one line has room for some ten addresses
    if not isinstance(more, list):
        raise BadOrder
    if more:
        known = app.options["allow"]
        wanted["allow"] = known + [one for one in more if one not in known]
    if wanted:
        app.options.set(wanted)
    app.log.info("order of the display node carried out")
    if survey:
        errands.survey(survey)
    if identify:
        from sensor.identify import identify_node

        errands.blinking = asyncio.create_task(identify_node(app))
    return (lambda: app.restart("ordered by radio")) if reboot else None
