"""A typed key on trial: judged on what its device sends, until that decides or nothing more is to be expected."""

import asyncio
from dataclasses import replace

from homeassistant.config_entries import ConfigSubentry

from .const import KEY_WAIT_S
from .key_check import UNDECIDED, WRONG, Verdict, judge
from .nearby import LISTEN_EVERY_S, Nearby
from .pasted import KEY_DIGITS

# What is left open when the time is up; the user may save the key all the same.
TOO_LITTLE = "too_little"
NOT_HEARD = "not_heard"


class KeyTrial:
    """The digits of one device's key, and what is thought of them so far."""

    def __init__(
        self, nearby: Nearby, mac: bytes, digits: str, subentry: ConfigSubentry | None
    ) -> None:
        """Know whose key it is to be; `subentry` is the device that is changed, if one is."""
        self.verdict = Verdict(UNDECIDED)
        self._nearby = nearby
        self._mac = mac
        self._digits = digits
        self._subentry = subentry

    async def async_look(self) -> None:
        """Judge on what was heard up to now."""
        frames = self._nearby.frames_of(self._mac)
        verdict = await self._nearby.hass.async_add_executor_job(judge, frames, self._digits)
        self.verdict = await self._blamed(verdict) if verdict.word == WRONG else verdict

    async def async_listen(self) -> None:
        """Look again and again; without a connection there is nothing to wait for."""
        loop = self._nearby.hass.loop
        deadline = loop.time() + KEY_WAIT_S
        while self._nearby.hub is not None and loop.time() < deadline:
            await asyncio.sleep(LISTEN_EVERY_S)
            await self.async_look()
            if self.verdict.word != UNDECIDED:
                return
        self.verdict = await self._at_last()

    async def _at_last(self) -> Verdict:
        """Return what a lack of evidence comes to."""
        blamed = await self._blamed(Verdict(WRONG, error="key_31_digits"))
        if len(self._digits) < KEY_DIGITS or "owner" in blamed.words:
            return blamed
        heard = self._nearby.frames_of(self._mac)
        return replace(self.verdict, word=TOO_LITTLE if heard else NOT_HEARD)

    async def _blamed(self, verdict: Verdict) -> Verdict:
        """Say whose key was typed, if it is that of another device; otherwise what is wrong."""
        # A corrected address is no other device.
        owner = await self._nearby.async_owner(self._digits, self._mac, self._subentry)
        if owner is None:
            return verdict
        whole = len(self._digits) == KEY_DIGITS
        error = "key_of_other_device" if whole else "key_31_of_other_device"
        return replace(verdict, error=error, words={**verdict.words, "owner": owner})
