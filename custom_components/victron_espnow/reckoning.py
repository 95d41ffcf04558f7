"""What follows from many readings: energy, the time until full, how far the state of charge is true."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, override

from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .device import Device

_WATT_SECONDS = 3_600_000  # in a kilowatt-hour


class Reckoning(ABC):
    """Something that is carried from one reading to the next, and over a restart."""

    @abstractmethod
    def take(self, device: Device) -> None:
        """Go on with what the device says now."""

    @property
    @abstractmethod
    def value(self) -> StateType:
        """Return what it comes to."""

    @property
    def attributes(self) -> Mapping[str, Any] | None:
        """Return what stands behind it."""
        return None

    @abstractmethod
    def restore(self, value: Any, attributes: Mapping[str, Any]) -> None:
        """Begin where an earlier life ended."""


class Energy(Reckoning):
    """The energy that flowed one way, by the trapezoid between readings; a gap counts nothing."""

    def __init__(self, power_fn: Callable[[Device], Any], sign: int = 1) -> None:
        """Count positive power, or with a sign of -1 the negative."""
        self._power_fn = power_fn
        self._sign = sign
        self._kwh = 0.0
        self._before: float | None = None
        self._at = 0.0

    @override
    def take(self, device: Device) -> None:
        """Add what flowed since the reading before."""
        watts = self._power_fn(device)
        at = device.read_at
        if watts is None or at is None:
            self._before = None
            return
        watts *= self._sign
        before = self._before
        if before is not None:
            seconds = at - self._at
            if seconds <= 0:
                return
            # Half the time nothing flows this way.
            if (before > 0 or watts > 0) and seconds <= device.stale_after:
                self._kwh += _positive(before, watts) * seconds / _WATT_SECONDS
        self._before = watts
        self._at = at

    @property
    @override
    def value(self) -> StateType:
        """Return kilowatt-hours, to the tenth of a watt-hour."""
        return round(self._kwh, 4)

    @override
    def restore(self, value: Any, attributes: Mapping[str, Any]) -> None:
        """Go on counting."""
        if isinstance(value, int | float):
            self._kwh += value


def _positive(before: float, after: float) -> float:
    """Return the mean of the positive part of a power that goes straight from one value to the other."""
    if before >= 0 and after >= 0:
        return (before + after) / 2
    if before <= 0 and after <= 0:
        return 0.0
    above, below = max(before, after), -min(before, after)
    return above * above / (2 * (above + below))


class TimeToFull(Reckoning):
    """The minutes until what was taken is charged again, at the present mean current.

    The current falls towards the end of a charge, so this is the least it takes.
    """

    MEAN_S = 120.0  # clouds and pumps come and go
    LEAST_A = 0.1
    LONGEST_MIN = 7 * 24 * 60

    def __init__(self) -> None:
        """Know no current yet."""
        self._mean: float | None = None
        self._read_at: float | None = None
        self._minutes: int | None = None

    @override
    def take(self, device: Device) -> None:
        """Follow the mean of the current."""
        amperes = device.fields.get("battery_current_a")
        missing = device.fields.get("consumed_ah")
        if amperes is None or missing is None or device.read_at is None:
            self._mean = self._minutes = None
            return
        self._follow(amperes, device.read_at, device.stale_after)
        self._minutes = self._left(-missing)

    def _follow(self, amperes: float, read_at: float, stale_after: float) -> None:
        seconds = 0.0 if self._read_at is None else read_at - self._read_at
        if self._mean is None or seconds > stale_after:
            self._mean = amperes
        elif seconds > 0:
            self._mean += (amperes - self._mean) * min(1.0, seconds / self.MEAN_S)
        self._read_at = read_at

    def _left(self, missing: float) -> int | None:
        if missing <= 0:
            return 0
        if self._mean is None or self._mean < self.LEAST_A:
            return None
        minutes = round(missing / self._mean * 60)
        return minutes if minutes <= self.LONGEST_MIN else None

    @property
    @override
    def value(self) -> StateType:
        """Return minutes, None while nothing is charged."""
        return self._minutes

    @override
    def restore(self, value: Any, attributes: Mapping[str, Any]) -> None:
        """Begin anew: the current of before may be another by now."""


CONFIRMED = "confirmed"
UNCONFIRMED = "unconfirmed"
ASSUMED_FULL = "assumed_full"
LONG_AGO = "long_ago"
NOT_SYNCHRONISED = "not_synchronised"
CONFIDENCES = [CONFIRMED, UNCONFIRMED, ASSUMED_FULL, LONG_AGO, NOT_SYNCHRONISED]


class Confidence(Reckoning):
    """How far the state of charge can be believed.

    A battery monitor counts: it is right as long as it saw the battery full not too long ago. By
    default it takes the battery for full when it gets power, whatever is in it.
    """

    FULL_PCT = 99.5
    # Nothing charges faster than this: a percent in 36 s would fill the battery in an hour.
    JUMP_PCT = 5.0
    PERCENT_S = 36.0
    # Per 12 V of the system: a full battery that is charged is above the first; one at rest is
    # never below the second.
    CHARGED_V = 13.4
    RESTING_V = 12.6
    RESTING_A = 1.0
    AGES = timedelta(days=30)

    def __init__(self) -> None:
        """Have seen nothing."""
        self._before: tuple[float, float] | None = None
        self._assumed = False
        self._told = False
        self.last_full: date | None = None

    @override
    def take(self, device: Device) -> None:
        """Look for a real end of a charge, and for a state of charge that is too good."""
        if device.read_at is None:
            return
        soc = device.fields.get("soc_pct")
        self._told = soc is not None
        if soc is None:
            self._before = None
            return
        before, before_at = self._before or (soc, device.read_at)
        risen, seconds = soc - before, device.read_at - before_at
        self._before = soc, device.read_at
        volts = device.fields.get("battery_voltage_v")
        amperes = device.fields.get("battery_current_a")
        if soc < self.FULL_PCT or volts is None or amperes is None:
            return
        volts /= max(1, round(volts / 13))
        if volts >= self.CHARGED_V and amperes >= -self.RESTING_A:
            self._assumed = False
            self.last_full = dt_util.utcnow().date()
        elif (volts < self.RESTING_V and amperes > -self.RESTING_A) or (
            risen > self.JUMP_PCT and seconds < risen * self.PERCENT_S
        ):
            self._assumed = True
        elif risen > self.JUMP_PCT:
            # In a long silence it may have been charged, or have lost its power: nobody knows.
            self.last_full = None

    @property
    @override
    def value(self) -> StateType:
        """Return the judgement."""
        if not self._told:
            return NOT_SYNCHRONISED
        if self._assumed:
            return ASSUMED_FULL
        if self.last_full is None:
            return UNCONFIRMED
        return LONG_AGO if dt_util.utcnow().date() - self.last_full > self.AGES else CONFIRMED

    @property
    @override
    def attributes(self) -> Mapping[str, Any]:
        """Return the day on which the battery was last seen full."""
        return {"last_full": self.last_full and self.last_full.isoformat()}

    @override
    def restore(self, value: Any, attributes: Mapping[str, Any]) -> None:
        """Remember what an earlier life saw."""
        self._assumed = value == ASSUMED_FULL
        self._told = value in CONFIDENCES and value != NOT_SYNCHRONISED
        self.last_full = dt_util.parse_date(str(attributes.get("last_full")))
