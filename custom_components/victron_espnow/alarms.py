"""Alarms as the display node tells them: which stand, and what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .listeners import Listeners
from .protocol.errors import ProtocolError
from .protocol.serial_framing import is_word

RAISED = "raised"
ACKNOWLEDGED = "acknowledged"
CLEARED = "cleared"
STATES = (RAISED, ACKNOWLEDGED, CLEARED)

# Real devices have a handful at once. A kind is a word that a later node may have invented.
MOST_STANDING = 16
_LONGEST_WORD = 32


class BadAlarm(ProtocolError):
    """An alarm that does not say what became of what."""

    reason = "bad_alarm"


class TooManyAlarms(ProtocolError):
    """More kinds than any device has."""

    reason = "too_many_alarms"


@dataclass(frozen=True)
class Alarm:
    """One alarm of one device."""

    kind: str
    severity: str
    state: str
    value: float | None
    limit: float | None
    cause: str | None
    raised_at: datetime


def parse_alarm(data: Mapping[str, Any]) -> Alarm:
    """Read the payload of an alarm line; words of a later version are kept as they are."""
    state = _word(data.get("state"))
    if state not in STATES:
        raise BadAlarm
    since = _number(data.get("since")) or 0
    try:
        raised_at = dt_util.utcnow() - timedelta(seconds=since)
    except OverflowError:
        raise BadAlarm from None
    return Alarm(
        kind=_word(data.get("kind")),
        severity=_word(data.get("severity", "warning")),
        state=state,
        value=_number(data.get("value")),
        limit=_number(data.get("limit")),
        cause=_word(data["cause"]) if data.get("cause") else None,
        raised_at=raised_at,
    )


def _word(value: object) -> str:
    if not isinstance(value, str) or not is_word(value) or len(value) > _LONGEST_WORD:
        raise BadAlarm
    return value


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


class Alarms:
    """The alarms of one device."""

    def __init__(self) -> None:
        """Know nothing, which is not the same as that nothing is wrong."""
        self.standing: dict[str, Alarm] = {}
        self.complete = False
        self._unconfirmed: set[str] = set()
        # Told what changed, or None when the picture is complete for the first time.
        self.listeners: Listeners[Alarm | None] = Listeners()

    @callback
    def take(self, alarm: Alarm) -> None:
        """Follow one alarm; what is known already is no news."""
        self._unconfirmed.discard(alarm.kind)
        known = self.standing.get(alarm.kind)
        if not _is_news(alarm, known):
            if known:
                self.standing[alarm.kind] = alarm
            return
        if alarm.state == CLEARED:
            del self.standing[alarm.kind]
        elif known or len(self.standing) < MOST_STANDING:
            self.standing[alarm.kind] = alarm
        else:
            raise TooManyAlarms
        self.listeners.tell(alarm)

    @callback
    def expect(self) -> None:
        """Await that the node, which just said hello, names again whatever still stands."""
        self._unconfirmed = set(self.standing)

    @callback
    def settle(self) -> None:
        """Clear what was not named again: it went while nobody could tell us."""
        for kind in self._unconfirmed:
            if (gone := self.standing.pop(kind, None)) is not None:
                self.listeners.tell(_cleared(gone))
        self._unconfirmed = set()
        if not self.complete:
            self.complete = True
            self.listeners.tell(None)

    @callback
    def forget(self) -> None:
        """Begin anew: another device took the place."""
        self.standing.clear()
        self._unconfirmed.clear()
        self.listeners.tell(None)


def _is_news(alarm: Alarm, known: Alarm | None) -> bool:
    """Tell a change from a repetition; a code that changes is another alarm of the same kind."""
    if known is None:
        return alarm.state != CLEARED
    if alarm.state != known.state:
        return True
    return alarm.state == RAISED and alarm.limit is None and alarm.value != known.value


def _cleared(alarm: Alarm) -> Alarm:
    """Return the end of an alarm that was not seen to end."""
    return Alarm(
        alarm.kind, alarm.severity, CLEARED, None, alarm.limit, alarm.cause, alarm.raised_at
    )
