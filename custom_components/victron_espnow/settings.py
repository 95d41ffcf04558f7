"""What the display node is to know of us: keys, names, places, alarm limits, options and the time.

All of it flows down behind acknowledgements, after each connection and after each change.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from homeassistant.const import CONF_DEVICE
from homeassistant.core import callback

from . import issues
from .clock_push import ClockPush
from .const import CONF_BRIGHTNESS, CONF_ORDER, CONF_PUSH_KEYS, CONF_SCREEN, CONF_WIFI
from .key_push import KeyPush, Keys, WantedKey
from .limit_push import LimitPush
from .option_push import OptionPush, Options, wifi_options
from .port import is_network
from .protocol.key_digest import LAST_PLACE

if TYPE_CHECKING:
    from .device import Device
    from .hub import Hub
    from .limits import Limits
    from .push import Push


def may_push_keys(data: Mapping[str, Any]) -> bool:
    """Return whether keys may travel to the display node that is configured so."""
    return not is_network(data[CONF_DEVICE]) or bool(data.get(CONF_PUSH_KEYS))


class Wanted(NamedTuple):
    """What the display node should hold; keys and limits by address."""

    keys: Keys
    limits: dict[str, Limits]
    options: Options


class Settings:
    """Keeps the display node equal to what is configured here."""

    def __init__(self, hub: Hub) -> None:
        """Know whose settings they are; nothing is sent before a push runs."""
        self._hub = hub
        counters = hub.counters
        self.keys = KeyPush(lambda: self.wanted().keys, counters, self._on_keys_sent)
        self.limits = LimitPush(lambda: self.wanted().limits, counters, self._on_limits_sent)
        self.options = OptionPush(lambda: self.wanted().options, counters, self._on_options_sent)
        self.clock = ClockPush(counters)
        self._last = self.wanted()

    @property
    def may_push_keys(self) -> bool:
        """Return whether keys may travel to the display node."""
        return may_push_keys(self._hub.data)

    @property
    def pushes(self) -> tuple[Push, ...]:
        """Return what may travel; a node without keys reads nothing that a limit could be for."""
        secret = (self.keys, self.limits) if self.may_push_keys else ()
        return (self.clock, *secret, self.options)

    def wanted(self) -> Wanted:
        """Return what is configured at present."""
        keys: Keys = {}
        limits: dict[str, Limits] = {}
        for device in self._hub.devices.values():
            place = self.place_of(device)
            keys[device.plain_mac] = WantedKey(device.key.hex(), device.name, place)
            limits[device.plain_mac] = device.limits
        return Wanted(keys, limits, self._options())

    def place_of(self, device: Device) -> int:
        """Return where the user wants a device: on the display, its page and the card."""
        order = self._hub.entry.options.get(CONF_ORDER, [])
        return order.index(device.subentry_id) if device.subentry_id in order else LAST_PLACE

    def _options(self) -> Options:
        configured = self._hub.entry.options
        options: Options = {**configured.get(CONF_SCREEN, {})}
        if CONF_BRIGHTNESS in configured:
            options["brightness"] = configured[CONF_BRIGHTNESS]
        if CONF_WIFI in configured and self.may_push_keys:
            options |= wifi_options(configured[CONF_WIFI])
        return options

    @callback
    def begin(self) -> None:
        """Have everything sent: the node is new, or began anew."""
        self.clock.request()
        self.keys.request()  # and the limits behind them
        self.options.request()

    @callback
    def follow(self) -> None:
        """Have sent what is no longer as it was."""
        before, now = self._last, self.wanted()
        self._last = now
        if now.keys != before.keys:
            self.keys.request()
        elif now.limits != before.limits:
            self.limits.request()
        if now.options != before.options:
            self.options.request()

    # What became of it

    @callback
    def judge(self) -> None:
        """Tell what the display node refused, or that it does no longer."""
        self._judge(issues.KEYS_REFUSED, self.keys.refused)
        self._judge(issues.LIMITS_REFUSED, self.limits.refused)
        self._judge_options()

    @callback
    def _on_keys_sent(self) -> None:
        """Let the limits follow: for devices without a key the node takes none."""
        self._judge(issues.KEYS_REFUSED, self.keys.refused)
        self.limits.begin()

    @callback
    def _on_limits_sent(self) -> None:
        """Show what is in force now."""
        self._judge(issues.LIMITS_REFUSED, self.limits.refused)
        for device in self._hub.devices.values():
            device.tell()

    @callback
    def _on_options_sent(self) -> None:
        self._judge_options()
        self._hub.nodes.follow(self._hub.nodes.display)

    def _judge(self, issue: str, refused: dict[str, str]) -> None:
        """Name the devices; the node knows them by address."""
        devices = self._hub.devices.values()
        named = {one.name: refused[one.plain_mac] for one in devices if one.plain_mac in refused}
        issues.judge_refusals(self._hub.hass, self._hub.entry, issue, named)

    def _judge_options(self) -> None:
        hub = self._hub
        issues.judge_refusals(hub.hass, hub.entry, issues.OPTIONS_REFUSED, self.options.refused)
