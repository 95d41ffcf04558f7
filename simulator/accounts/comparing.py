"""The boards' own counters against the account: they must be equal, to the last one."""

from collections import Counter
from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from ..node import NodeError
from .receiving import DisplayLife
from .scanning import SensorLife

_MASK = (1 << 32) - 1
# What a display node's console refuses, beside its radio.
_OF_THE_CONSOLE = {
    "not_ours", "bad_crc", "malformed_line", "malformed_payload", "line_too_long", "internal",
}  # fmt: skip
_OF_QUESTIONS = {"answer_limit"}  # which hold no readings
_OF_THE_PAGE = "web_"


def judge_header(life: SensorLife, header: tuple[int, ...], readings: int) -> Iterator[str]:
    """Judge what the header of a new frame counts; its own readings are not acknowledged yet."""
    seen, replaced, sent, dropped = header
    all_seen, all_replaced, all_sent, all_dropped = life.totals
    name = life.node.name
    if sent != (all_sent + readings) & _MASK:
        yield f"{name}: header says sent {sent}, the air {all_sent + readings}"
    # between sealing and sending the scan may be switched off, which takes a few more
    if not life.past[0] + min(life.seen_lately, default=0) <= seen <= all_seen:
        yield f"{name}: header says seen {seen}, the air {all_seen}"
    if dropped > all_dropped & 0xFFFF:
        yield f"{name}: header says dropped {dropped}, the air {all_dropped}"
    if replaced > all_replaced:
        yield f"{name}: header says replaced {replaced}, the air {all_replaced}"


@singledispatch
async def compare(life: Any) -> list[str]:
    """Return where a board that is at rest counts otherwise."""
    raise TypeError(life)


@compare.register
async def _(life: SensorLife) -> list[str]:
    try:
        told = await life.node.command("counters")
    except NodeError as error:
        return [str(error).splitlines()[0]]
    if "seen" not in told:
        return []  # not provisioned: it counts nothing
    waiting = life.seen - life.sent - life.replaced
    return _differences(life.node.name, told, {
        "seen": life.seen,
        "repeats": life.repeats,
        "late": life.late,
        "dropped": life.dropped,
        **({"not_allowed": life.not_allowed} if "not_allowed" in told else {}),
        "sent": life.sent,
        "replaced": life.seen - life.sent - told["unsent"],
        "unsent": told["unsent"] if told["unsent"] >= waiting else waiting,
    })  # fmt: skip


@compare.register
async def _(life: DisplayLife) -> list[str]:
    try:
        told = await life.node.command("counters")
    except NodeError as error:
        return [str(error).splitlines()[0]]
    if "accepted" not in told:
        return []
    name = life.node.name
    refused = {
        reason: count
        for reason, count in told["refused"].items()
        if reason not in _OF_THE_CONSOLE | _OF_QUESTIONS and not reason.startswith(_OF_THE_PAGE)
    }
    found = _differences(name, told, {"lines": life.lines_before_ack})
    behind = Counter(life.refused)
    behind.subtract(refused)
    if min(behind.values(), default=0) < 0 or behind.total() > told["unread"]:
        found.append(f"{name} refused {refused}, the account {dict(life.refused)}")
    if told["unread"]:
        return found + _uncounted(life, told)
    found += _differences(name, told, {
        "accepted": life.accepted, "repeats": life.repeats, "late": life.late, "untold": 0,
    })  # fmt: skip
    if life.accepted != life.first_lines:
        found.append(
            f"{name} accepted {life.accepted} readings, the host had {life.first_lines} of them"
        )
    return found


def _uncounted(life: DisplayLife, told: dict[str, Any]) -> list[str]:
    """Return what an exception has cut short and no counter tells; of an unread frame it may be all."""
    missing = told["accepted"] - life.first_lines
    never = sum(
        getattr(life, name) - told[name] for name in ("accepted", "repeats", "late")
    )  # came to the nonce rule
    untold, unread = told["untold"], told["unread"]
    unused = sum(life.unused.values())
    most = untold + unused * life.most_readings
    if 0 <= missing <= untold and 0 <= never + missing <= most and 0 <= unused <= unread:
        return []
    return [
        f"{life.node.name}: {unread} frames unread, {untold} readings untold, but {unused} frames were not used, "
        f"{never} readings never judged and {missing} accepted without a line"
    ]


def _differences(name: str, told: dict[str, Any], expected: dict[str, int]) -> list[str]:
    return [
        f"{name} counts {key} {told.get(key)}, the account {value}"
        for key, value in expected.items()
        if told.get(key) != value
    ]
