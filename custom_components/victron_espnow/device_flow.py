"""Subentry flow: one Victron device, its key judged on live frames before it is saved."""

import asyncio
import time
from typing import Any

import probatio
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_MAC, CONF_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .const import CONF_KEY, CONF_LIMITS, KEY_WAIT_S, STALE_MIN_S
from .hub import Heard, Hub
from .product_names import product_name
from .protocol.errors import KeyWrongLength, ProtocolError
from .protocol.judging import KeyRepair, judge_key
from .protocol.keys import format_mac, parse_key, parse_mac

UNDECIDED = "undecided"

_LISTEN_EVERY_S = 0.25
# The node sends what it knows within two seconds of the hello.
_SNAPSHOT_S = 2.0

_KEY_SELECTOR = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


class DeviceFlow(ConfigSubentryFlow):
    """Add or change a Victron device."""

    def __init__(self) -> None:
        """Begin with nothing typed."""
        self._typed: dict[str, Any] = {}
        self._errors: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._mac = b""
        self._key: bytes | None = None
        self._digits = ""
        self._listening: asyncio.Task[None] | None = None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Name a new device."""
        if user_input is not None:
            return await self._take(user_input)
        await self._wait_for_snapshot()
        return self._form("user", probatio.Required(CONF_KEY), self._typed)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change name, address or key; an empty key keeps the present one."""
        if user_input is not None:
            return await self._take(user_input)
        subentry = self._get_reconfigure_subentry()
        known = {CONF_MAC: subentry.data[CONF_MAC], CONF_NAME: subentry.title}
        return self._form("reconfigure", probatio.Optional(CONF_KEY), {**known, **self._typed})

    def _form(self, step: str, key: probatio.Marker, values: dict[str, Any]) -> SubentryFlowResult:
        options = [
            SelectOptionDict(value=format_mac(heard.mac), label=_label(heard))
            for heard in self._selectable()
        ]
        schema = probatio.Schema(
            {
                probatio.Required(CONF_MAC): SelectSelector(
                    SelectSelectorConfig(
                        options=options, custom_value=True, mode=SelectSelectorMode.DROPDOWN
                    )
                ),
                key: _KEY_SELECTOR,
                probatio.Optional(CONF_NAME): TextSelector(),
            }
        )
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=self._errors,
            description_placeholders=self._words,
        )

    # What was typed

    async def _take(self, typed: dict[str, Any]) -> SubentryFlowResult:
        """Read the input, judge the key, and go where the verdict leads."""
        self._typed = typed
        self._errors = {}
        self._words = {}
        self._listening = None
        self._read_mac(typed[CONF_MAC])
        self._read_key(typed.get(CONF_KEY) or "")
        if self._errors:
            return await self._go_to(self._step)
        if self._unchanged():
            return await self.async_step_save()
        step = await self._verdict()
        return await self._go_to("check" if step == UNDECIDED else step)

    def _read_mac(self, text: str) -> None:
        try:
            self._mac = parse_mac(text)
        except ProtocolError as err:
            self._errors[CONF_MAC] = err.reason
            return
        own = self._get_reconfigure_subentry() if self._step == "reconfigure" else None
        for subentry in self._get_entry().subentries.values():
            if subentry is not own and subentry.unique_id == format_mac(self._mac):
                self._errors[CONF_MAC] = "already_configured"
                self._words["name"] = subentry.title

    def _read_key(self, text: str) -> None:
        self._key = None
        self._digits = ""
        if self._step == "reconfigure" and not text.strip():
            text = self._get_reconfigure_subentry().data[CONF_KEY]
        try:
            self._key = parse_key(text)
        except KeyWrongLength as err:
            # VictronConnect sometimes shows 31 digits; live frames tell which one is missing.
            if len(err.digits) == 31:
                self._digits = err.digits
                return
            self._errors[CONF_KEY] = err.reason
            self._words["digits"] = str(len(err.digits))

    @property
    def _step(self) -> str:
        return "reconfigure" if self.source == SOURCE_RECONFIGURE else "user"

    def _unchanged(self) -> bool:
        """Return whether only the name is new: there is nothing to judge then."""
        if self._step != "reconfigure" or self._key is None:
            return False
        data = self._get_reconfigure_subentry().data
        return (data[CONF_MAC], data[CONF_KEY]) == (format_mac(self._mac), self._key.hex())

    # The verdict

    async def _verdict(self) -> str:
        """Return the step that what was heard so far leads to."""
        frames = self._frames()
        if self._digits:
            # Hundreds of keys are tried: a tenth of a second.
            repair = self.hass.async_add_executor_job(_repair, frames, self._digits)
            candidates, self._key = await repair
            if self._key:
                return "repaired"
            if candidates:
                return UNDECIDED
            self._words["used"] = frames[-1][7:8].hex()
            return await self._refuse("key_31_wrong")
        assert self._key is not None
        verdict = judge_key(frames, self._key)
        if verdict == UNDECIDED:
            return UNDECIDED
        if verdict == "right":
            return "save"
        typed, used = self._key[:1].hex(), frames[-1][7:8].hex()
        self._words.update(typed=typed, used=used)
        return await self._refuse("wrong_key" if typed != used else "wrong_key_content")

    async def _undecided(self) -> str:
        """Return the step that a lack of evidence leads to."""
        if self._digits or await self._owner():
            return await self._refuse("key_31_digits")
        return "too_little" if self._frames() else "not_heard"

    async def _refuse(self, error: str) -> str:
        """Say whose key was typed, if it is that of another device; otherwise what is wrong."""
        if owner := await self._owner():
            self._words["owner"] = owner
            error = "key_31_of_other_device" if self._digits else "key_of_other_device"
        self._errors[CONF_KEY] = error
        return self._step

    async def _owner(self) -> str | None:
        """Return the other device that the key belongs to, if it is one we know or hear."""
        own = self._get_reconfigure_subentry() if self._step == "reconfigure" else None
        for subentry in self._get_entry().subentries.values():
            # A corrected address is no other device.
            if subentry is not own and _is_typed(self._typed_key, subentry.data[CONF_KEY]):
                return subentry.title
        heard = self._hub.heard.values() if self._hub else ()
        others = [(_label(one), one.data) for one in heard if one.mac != self._mac]
        return await self.hass.async_add_executor_job(_owner_among, others, self._typed_key)

    @property
    def _typed_key(self) -> str:
        return self._digits or (self._key.hex() if self._key else "")

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Listen until the frames decide, or long enough."""
        if self._listening is None:
            self._listening = self.hass.async_create_task(self._listen(), eager_start=False)
        if not self._listening.done():
            return self.async_show_progress(
                step_id="check",
                progress_action="listening",
                progress_task=self._listening,
            )
        step = await self._verdict()
        if step == UNDECIDED:
            step = await self._undecided()
        return self.async_show_progress_done(next_step_id=step)

    async def _listen(self) -> None:
        """Wait for frames; without a connection there are none to wait for."""
        deadline = self.hass.loop.time() + KEY_WAIT_S
        while self._hub is not None and self.hass.loop.time() < deadline:
            if await self._verdict() != UNDECIDED:
                return
            await asyncio.sleep(_LISTEN_EVERY_S)

    async def async_step_not_heard(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether to save a key that no frame has tested."""
        return await self._ask_to_save("not_heard", user_input)

    async def async_step_too_little(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether to save a key that the frames neither prove nor refuse."""
        return await self._ask_to_save("too_little", user_input)

    async def _ask_to_save(
        self, step: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        if user_input is not None:
            return await self.async_step_save()
        return self.async_show_form(
            step_id=step,
            data_schema=probatio.Schema({}),
            description_placeholders={"mac": format_mac(self._mac)},
        )

    async def async_step_repaired(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show which digit was missing."""
        assert self._key is not None
        if user_input is not None:
            return await self.async_step_save()
        key = self._key.hex()
        at = next(i for i in range(32) if key[:i] + key[i + 1 :] == self._digits)
        return self.async_show_form(
            step_id="repaired",
            data_schema=probatio.Schema({}),
            description_placeholders={"digit": key[at], "position": str(at + 1)},
        )

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Create or update the subentry."""
        assert self._key is not None
        mac = format_mac(self._mac)
        data: dict[str, Any] = {CONF_MAC: mac, CONF_KEY: self._key.hex()}
        title = (self._typed.get(CONF_NAME) or "").strip() or self._default_name()
        if self._step == "user":
            return self.async_create_entry(title=title, data=data, unique_id=mac)
        subentry = self._get_reconfigure_subentry()
        if subentry.data[CONF_MAC] == mac:
            data = {**subentry.data, **data}
        elif CONF_LIMITS in subentry.data:  # they are the role's, whatever hardware plays it
            data[CONF_LIMITS] = subentry.data[CONF_LIMITS]
        return self.async_update_and_abort(
            self._get_entry(), subentry, title=title, data=data, unique_id=mac
        )

    async def _go_to(self, step: str) -> SubentryFlowResult:
        """Continue with a step of this flow."""
        result: SubentryFlowResult = await getattr(self, f"async_step_{step}")()
        return result

    # What is heard

    @property
    def _hub(self) -> Hub | None:
        entry = self._get_entry()
        return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None

    def _frames(self) -> list[bytes]:
        """Return the newest frames of this address.

        None of before a silence: a phone that was connected may have changed the key.
        """
        if (hub := self._hub) is None or (heard := hub.heard.get(self._mac)) is None:
            return []
        return heard.data if time.monotonic() - heard.heard_at < STALE_MIN_S else []

    def _selectable(self) -> list[Heard]:
        """Return who is heard and not configured, the strongest first."""
        if (hub := self._hub) is None:
            return []
        taken = {subentry.unique_id for subentry in self._get_entry().subentries.values()}
        free = [heard for heard in hub.heard.values() if format_mac(heard.mac) not in taken]
        return sorted(free, key=lambda heard: heard.rssi, reverse=True)

    async def _wait_for_snapshot(self) -> None:
        """Right after the hub was added, its list of devices is still on the way."""
        deadline = self.hass.loop.time() + _SNAPSHOT_S
        while (hub := self._hub) and not hub.heard and self.hass.loop.time() < deadline:
            await asyncio.sleep(_LISTEN_EVERY_S)

    def _default_name(self) -> str:
        """Return the product's name and the end of its address."""
        hub = self._hub
        heard = hub.heard.get(self._mac) if hub else None
        product = _product(heard.product_id if heard else None)
        return f"{product} {self._mac[-2:].hex().upper()}"


def _repair(frames: list[bytes], digits: str) -> tuple[int, bytes | None]:
    """Return how many keys the 31 digits can still be part of, and the one if it is certain."""
    repair = KeyRepair(digits)
    for frame in frames:
        repair.feed(frame)
    return repair.candidates, repair.key


def _is_typed(typed: str, key: str) -> bool:
    """Return whether this key was typed, whole or without one of its digits."""
    return typed == key or any(typed == key[:at] + key[at + 1 :] for at in range(len(key)))


def _owner_among(others: list[tuple[str, list[bytes]]], typed: str) -> str | None:
    """Return whose frames what was typed decrypts."""
    for label, frames in others:
        if len(typed) == 31:
            found = _repair(frames, typed)[1] is not None
        else:
            found = judge_key(frames, bytes.fromhex(typed)) == "right"
        if found:
            return label
    return None


def _product(product_id: int | None) -> str:
    """Return what the product is called, as well as it is known."""
    if product_id is None:
        return "Victron"
    return product_name(product_id) or f"Victron 0x{product_id:04X}"


def _label(heard: Heard) -> str:
    """Return how a heard device is offered for choice."""
    signal = f"{heard.rssi} dBm".replace("-", "−")
    return f"{_product(heard.product_id)} · {format_mac(heard.mac)} · {signal}"
