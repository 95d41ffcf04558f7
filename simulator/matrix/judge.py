"""The rules, the same for every pair; none of them asks a board how it thinks that it is."""

from typing import TYPE_CHECKING

from ..faults.fault import Fault
from ..node import Node
from .host import StuckError

if TYPE_CHECKING:
    from .moments import Moment
    from .pair import Result
    from .stage import Stage

# rule: what it says
ACCOUNT, STUCK, SETTINGS, RESTART, EXCEPTION = "A", "S", "C", "R", "E"
RULES = {
    ACCOUNT: "a reading is not accounted for, or a foreign frame was accepted",
    STUCK: "something does not come back in time",
    SETTINGS: "settings are neither old nor new, or are lost",
    RESTART: "a board restarted by itself",
    EXCEPTION: "an exception in the log",
}
_LIMIT_S = 90
_SETTLE_S = 8
_PICTURE_S = 12
_MOST_PAGES = 20


async def judge(one: Stage, fault: Fault, moment: Moment, result: Result) -> None:
    """Let everything come to rest, and note what breaks a rule."""
    found = result.complaints
    late_s = one.world.now - result.due_s
    result.fresh_s = max(late_s, await _fresh_s(one, result.due_s))
    if result.fresh_s > fault.within_s + moment.more_s:
        what = "it was over" if late_s == result.fresh_s else "readings were fresh again"
        found.append((STUCK, f"{what} after {result.fresh_s:.1f} s"))
    found += [(STUCK, text) for text in await _picture(one)]
    changed = {*fault.changes, *moment.changes}
    try:
        found += [(SETTINGS, text) for text in await moment.check(one)]
        for role in ("display", "sensor"):
            found += [(EXCEPTION, text) for text in await _exceptions(one, one.node(role), fault)]
    except StuckError as error:
        found.append((STUCK, str(error)))
    found += [(ACCOUNT, text) for text in await one.settle(_SETTLE_S)]
    if one.account.hostile:
        found.append((ACCOUNT, f"{one.account.hostile} frames accepted that no board has sent"))
    found += [(SETTINGS, text) for text in one.stores.complaints(tuple(changed))]
    allowed = one.host.provisions + fault.restarts
    if one.own_restarts > allowed:
        found.append((RESTART, f"{one.own_restarts} restarts of its own, {allowed} expected"))
    if one.bites:
        found.append((RESTART, f"{one.bites} times the watchdog, or the end of a program"))


async def _fresh_s(one: Stage, due_s: float) -> float:
    """Return how long after that every device had something new at the hub."""
    arrivals = one.hub.arrivals
    known = {md for came in arrivals.values() for time, md in came if time < due_s}
    end = one.world.now + _LIMIT_S
    while one.world.now < end:
        firsts = [one.hub.first_since(device, due_s, known) for device in one.devices]
        if None not in firsts:
            return max(first for first in firsts if first is not None) - due_s
        await one.world.sleep(0.1)
    return float("inf")


async def _picture(one: Stage) -> list[str]:
    """The OLED shows something, soon."""
    for _ in range(_PICTURE_S):
        lit = sum(map(sum, one.display.oled.rows()))
        if 50 < lit < 7000:
            return []
        await one.world.sleep(1)
    return ["the OLED shows nothing"]


async def _exceptions(one: Stage, node: Node, fault: Fault) -> list[str]:
    """Return the errors of the log ring, and those that went out before a restart emptied it."""
    lines = [line for line in one.hub.errors if node is one.display]
    text, start = "", 0
    for _ in range(_MOST_PAGES):
        page = await one.host.ask(node, "log", **{"from": start})
        text += page["text"]
        start = page["next"]
        if start >= page["end"]:
            break
    lines += [line for line in text.splitlines() if "] error " in line]
    lines += _tracebacks(node.uart.text)
    return sorted({one for one in lines if not any(word in one for word in fault.exceptions)})


def _tracebacks(text: str) -> list[str]:
    """Return the last line of each traceback: the exception."""
    found = []
    within = False
    for line in text.splitlines():
        if within and not line.startswith(" "):
            found.append(line)
        within = line.startswith("Traceback") or (within and line.startswith(" "))
    return found
