"""Subentry flow: Victron devices, several in one go; each key is judged on live frames before it is saved."""

import asyncio
from types import MappingProxyType
from typing import Any

import probatio
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
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

from .choosing import CONF_DEVICES, CONF_PASTE, NotChosenError, async_chosen
from .const import CONF_KEY, CONF_LIMITS, SUBENTRY_DEVICE
from .key_check import RIGHT, UNDECIDED, WRONG, missing
from .key_trial import KeyTrial
from .nearby import Nearby, label
from .pasted import Pasted, key_digits
from .protocol.errors import KeyWrongLength, ProtocolError
from .protocol.keys import format_mac, parse_mac

_KEY = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_LINES = TextSelector(TextSelectorConfig(multiline=True))
_NAME = TextSelector()


class DeviceFlow(ConfigSubentryFlow):
    """Add Victron devices, or change one."""

    _trial: KeyTrial

    def __init__(self) -> None:
        """Begin with nothing typed."""
        self._queue: list[Pasted] = []
        self._count = 0
        self._typed: dict[str, Any] = {}
        self._errors: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._mac = b""
        self._digits = ""
        self._key = b""  # empty: the device sends in the clear
        self._name: str | None = None  # None: not asked for yet
        self._listening: asyncio.Task[None] | None = None

    # Which devices

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Tick what is heard, paste what VictronConnect shows, or both."""
        typed = user_input or {}
        if user_input is None:
            await self._nearby.async_wait_for_snapshot()
        else:
            self._begin()
            try:
                self._queue = await async_chosen(
                    self._nearby, typed.get(CONF_DEVICES, ()), typed.get(CONF_PASTE, "")
                )
            except NotChosenError as err:
                self._errors[err.field] = err.error
                self._words.update(err.words)
            else:
                self._count = len(self._queue)
                return await self._next()
        options = self._offered()
        choice = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
        )
        fields = {probatio.Optional(CONF_DEVICES): choice} if options else {}
        schema = probatio.Schema({**fields, probatio.Optional(CONF_PASTE): _LINES})
        return self._form("user", schema, typed)

    async def _next(self) -> SubentryFlowResult:
        """Go on with the next device: ask for its key unless that was pasted, or is not needed."""
        one = self._queue.pop(0)
        self._mac, self._digits, self._name = one.mac, one.digits, None
        if not self._nearby.needs_key(self._mac):
            self._key = b""
            return await self.async_step_plain()
        if not self._digits:
            return await self.async_step_device()
        return await self._judge()

    # One device

    async def async_step_device(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the key and the name of one device."""
        if user_input is not None:
            self._begin()
            self._name = user_input.get(CONF_NAME, "")
            self._read_key(user_input.get(CONF_KEY, ""))
            if not self._errors:
                return await self._judge()
        schema = probatio.Schema(
            {probatio.Required(CONF_KEY): _KEY, probatio.Optional(CONF_NAME): _NAME}
        )
        return self._form("device", schema, {CONF_NAME: self._name or self._default_name()})

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change name, address or key; an empty key keeps the present one."""
        subentry = self._get_reconfigure_subentry()
        known = {CONF_MAC: subentry.data[CONF_MAC], CONF_NAME: subentry.title}
        if user_input is not None:
            self._begin()
            self._typed = user_input
            self._name = user_input.get(CONF_NAME, "")
            self._read_mac(user_input[CONF_MAC])
            if self._nearby.needs_key(self._mac) or user_input.get(CONF_KEY):
                self._read_key(user_input.get(CONF_KEY) or subentry.data[CONF_KEY])
            else:
                self._digits = ""
            if not self._errors and not self._has_news(subentry):
                self._key = bytes.fromhex(self._digits)
                return await self._save()
            if not self._errors:
                return await self._judge()
        address = SelectSelector(
            SelectSelectorConfig(
                options=self._offered(), custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        )
        schema = probatio.Schema(
            {
                probatio.Required(CONF_MAC): address,
                probatio.Optional(CONF_KEY): _KEY,
                probatio.Optional(CONF_NAME): _NAME,
            }
        )
        return self._form("reconfigure", schema, {**known, **self._typed})

    def _has_news(self, subentry: ConfigSubentry) -> bool:
        """Return whether there is a key to judge: not if only the name is new."""
        known = (subentry.data[CONF_MAC], subentry.data[CONF_KEY])
        return bool(self._digits) and known != (format_mac(self._mac), self._digits)

    def _read_mac(self, text: str) -> None:
        try:
            self._mac = parse_mac(text)
        except ProtocolError as err:
            self._errors[CONF_MAC] = err.reason
            return
        known = self._nearby.configured(self._mac)
        if known and known is not self._get_reconfigure_subentry():
            self._errors[CONF_MAC] = "already_configured"
            self._words["name"] = known.title

    def _read_key(self, text: str) -> None:
        try:
            self._digits = key_digits(text)
        except KeyWrongLength as err:
            self._errors[CONF_KEY] = err.reason
            self._words["digits"] = str(len(err.digits))

    # The verdict

    async def _judge(self) -> SubentryFlowResult:
        """Judge the key on what was heard, or listen until that is enough."""
        own = self._get_reconfigure_subentry() if self._is_change else None
        self._trial = KeyTrial(self._nearby, self._mac, self._digits, own)
        self._listening = None
        await self._trial.async_look()
        undecided = self._trial.verdict.word == UNDECIDED
        return await self._go_to("check" if undecided else self._decided())

    def _decided(self) -> str:
        """Return the step that the verdict leads to."""
        verdict = self._trial.verdict
        self._key = verdict.key
        if verdict.word == WRONG:
            self._errors[CONF_KEY] = verdict.error
            self._words.update(verdict.words)
            return "reconfigure" if self._is_change else "device"
        if verdict.word == RIGHT:
            return "found" if self._name is None else "save"
        return verdict.word

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Listen until the frames decide, or long enough."""
        if self._listening is None:
            listening = self._trial.async_listen()
            self._listening = self.hass.async_create_task(listening, eager_start=False)
        if not self._listening.done():
            return self.async_show_progress(
                step_id="check",
                progress_action="listening",
                progress_task=self._listening,
                description_placeholders=self._about(),
            )
        await self._listening
        return self.async_show_progress_done(next_step_id=self._decided())

    # What is confirmed

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that the pasted key fits, and ask for a name."""
        return await self._confirm("found", user_input)

    async def async_step_plain(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that this device needs no key, and ask for a name."""
        return await self._confirm("plain", user_input)

    async def async_step_not_heard(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether to save a key that no frame has tested."""
        return await self._confirm("not_heard", user_input)

    async def async_step_too_little(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether to save a key that the frames neither prove nor refuse."""
        return await self._confirm("too_little", user_input)

    async def async_step_repaired(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show which digit was missing."""
        digit, position = missing(self._digits, self._key.hex())
        self._words.update(digit=digit.upper(), position=str(position))
        return await self._confirm("repaired", user_input)

    async def _confirm(self, step: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        """Save when it is agreed to, with the name if that was not asked for before."""
        if user_input is not None:
            if self._name is None:
                self._name = user_input.get(CONF_NAME, "")
            return await self._save()
        fields = {probatio.Optional(CONF_NAME): _NAME} if self._name is None else {}
        return self._form(step, probatio.Schema(fields), {CONF_NAME: self._default_name()})

    async def async_step_save(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go on behind the listening."""
        return await self._save()

    async def _save(self) -> SubentryFlowResult:
        """Create or change the subentry; what is confirmed stays, though the rest be given up."""
        mac = format_mac(self._mac)
        title = (self._name or "").strip() or self._default_name()
        data: dict[str, Any] = {CONF_MAC: mac, CONF_KEY: self._key.hex()}
        if self._is_change:
            return self._change(title, data)
        if not self._queue:
            return self.async_create_entry(title=title, data=data, unique_id=mac)
        if self._nearby.configured(self._mac) is None:  # another dialog may have been faster
            self.hass.config_entries.async_add_subentry(
                self._get_entry(),
                ConfigSubentry(
                    data=MappingProxyType(data),
                    subentry_type=SUBENTRY_DEVICE,
                    title=title,
                    unique_id=mac,
                ),
            )
        return await self._next()

    def _change(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        if subentry.data[CONF_MAC] == data[CONF_MAC]:
            data = {**subentry.data, **data}
        elif CONF_LIMITS in subentry.data:  # they are the role's, whatever hardware plays it
            data[CONF_LIMITS] = subentry.data[CONF_LIMITS]
        return self.async_update_and_abort(
            self._get_entry(), subentry, title=title, data=data, unique_id=data[CONF_MAC]
        )

    # Forms

    def _begin(self) -> None:
        """Forget what was said about an earlier input."""
        self._errors = {}
        self._words = {}

    def _form(
        self, step: str, schema: probatio.Schema, values: dict[str, Any]
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=self._errors,
            description_placeholders={**self._about(), **self._words},
        )

    def _about(self) -> dict[str, str]:
        """Say which device it is about, and how many are still to come."""
        if not self._mac:
            return {}
        device = f"{self._default_name()} ({format_mac(self._mac)})"
        place = f" ({self._count - len(self._queue)}/{self._count})" if self._count > 1 else ""
        return {"device": device, "mac": format_mac(self._mac), "place": place}

    async def _go_to(self, step: str) -> SubentryFlowResult:
        """Continue with a step of this flow."""
        result: SubentryFlowResult = await getattr(self, f"async_step_{step}")()
        return result

    @property
    def _is_change(self) -> bool:
        return self.source == SOURCE_RECONFIGURE

    @property
    def _nearby(self) -> Nearby:
        return Nearby(self.hass, self._get_entry())

    def _offered(self) -> list[SelectOptionDict]:
        return [
            SelectOptionDict(value=format_mac(heard.mac), label=label(heard))
            for heard in self._nearby.selectable()
        ]

    def _default_name(self) -> str:
        return self._nearby.default_name(self._mac)
