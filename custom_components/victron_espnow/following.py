"""Who follows the readings of a device, and who is called when: asking costs more than knowing."""

import math
import time
from asyncio import TimerHandle
from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback

from .const import UPDATE_SPACING_S
from .listeners import Listeners

# Called with the time.monotonic() of now. Returns from when on the next reading is of interest, and
# when to call at the latest if a reading came since, though no other should.
type Follower = Callable[[float], tuple[float, float]]


_NEVER = math.inf


class Following:
    """A follower, and when it wants to be called again."""

    __slots__ = ("at_the_latest", "called_at", "follow", "from_then_on")

    def __init__(self, follow: Follower) -> None:
        self.follow = follow
        self.called_at = self.from_then_on = self.at_the_latest = 0.0

    def wait(self, until: float) -> None:
        """Be called no earlier, and then also without a further reading, if one came since the last call."""
        self.from_then_on = self.at_the_latest = until

    def call(self, now: float) -> None:
        """Call it, and note when it wants to be called again."""
        self.called_at = now
        self.from_then_on, self.at_the_latest = self.follow(now)


class Followers:
    """The followers of one device."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Follow nothing."""
        # Told at once when a state, an alarm or an error changed.
        self.codes: Listeners[()] = Listeners()
        # Told of every single reading.
        self.readers: Listeners[()] = Listeners()
        self._hass = hass
        self._followings: tuple[Following, ...] = ()
        self._told_at = self._read_at = 0.0
        self._wake: TimerHandle | None = None
        self._wake_at = _NEVER

    @callback
    def add(self, follower: Follower) -> Following:
        """Call the follower with readings, at most about once a second."""
        following = Following(follower)
        self._followings = (*self._followings, following)
        return following

    @callback
    def remove(self, following: Following) -> None:
        """Call it no longer."""
        self._followings = tuple(one for one in self._followings if one is not following)

    @callback
    def tell(self, at_once: bool) -> None:
        """A reading came: tell whom it is of interest to; `at_once` says that a code changed."""
        for reader in self.readers.listeners:
            reader()
        if at_once:
            self.codes.tell()
        now = self._read_at = time.monotonic()
        if not at_once and now - self._told_at < UPDATE_SPACING_S:
            self._wake_up(now)
            return
        self._told_at = now
        missed = _NEVER
        # In line: twenty devices have two hundred followers, and this runs with every reading.
        for one in self._followings:
            if now >= one.from_then_on:
                one.called_at = now
                one.from_then_on, one.at_the_latest = one.follow(now)
            elif one.at_the_latest < missed:
                missed = one.at_the_latest
        if missed < self._wake_at:
            self._wake_at_the_latest(missed, now)

    @callback
    def close(self) -> None:
        """Stop what is pending."""
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
            self._wake_at = _NEVER

    def _wake_up(self, now: float) -> None:
        """Look again when the first of those who missed this reading must not miss it any longer."""
        missed = [one.at_the_latest for one in self._followings if one.called_at < self._read_at]
        self._wake_at_the_latest(min(missed, default=_NEVER), now)

    def _wake_at_the_latest(self, missed: float, now: float) -> None:
        at = max(missed, self._told_at + UPDATE_SPACING_S)
        if at >= self._wake_at:
            return
        self.close()
        self._wake_at = at
        self._wake = self._hass.loop.call_later(at - now, self._on_wake)

    def _on_wake(self) -> None:
        self.close()
        now = self._told_at = time.monotonic()
        for following in self._followings:
            if following.called_at < self._read_at and now >= following.at_the_latest:
                following.call(now)
        self._wake_up(now)
