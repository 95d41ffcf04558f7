"""The options of the display node: only those that are not as wanted are sent."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, override

from .commands import NO_ACK
from .link import Connection
from .protocol import serial_line
from .push import Push

# Options by name, as the display node calls them (firmware/display/option_table.py).
type Options = dict[str, Any]

WIFI_OFF, WIFI_STATION, WIFI_POINT = "off", "station", "ap"
_PASSWORD = "wifi_password"
_WIFI = {_PASSWORD, "wifi_ssid", "wifi_mode"}
_MOST_PAGES = 20  # of an answer; real nodes have two


def wifi_options(wifi: dict[str, str]) -> Options:
    """Return what a choice of Wi-Fi means; the order is that in which single ones do least harm."""
    if wifi["mode"] != WIFI_STATION:
        return {"wifi_mode": wifi["mode"]}
    return {
        _PASSWORD: wifi.get("password", ""),
        "wifi_ssid": wifi["ssid"],
        "wifi_mode": WIFI_STATION,
    }


class OptionPush(Push):
    """Asks for the options, and sets what differs."""

    def __init__(
        self, wanted: Callable[[], Options], counters: Counter[str], tell: Callable[[], None]
    ) -> None:
        """Know what is wanted; `tell` is called when the answers may have changed."""
        super().__init__(counters)
        self.in_force: Options = {}  # as the node said last, without secrets
        self._wanted = wanted
        self._tell = tell

    @override
    async def _sync(self, connection: Connection) -> bool:
        wanted = self._wanted()
        if not await self._read(connection):
            return False
        # A password is never read back, so it is always sent; an equal one costs the node no flash write.
        missing = {
            name: value for name, value in wanted.items() if self.in_force.get(name) != value
        }
        reasons: dict[str, str] = {}
        for args in _commands(missing):
            if reasons.keys() & _WIFI and args.keys() <= _WIFI:
                continue  # of a Wi-Fi that was not taken the rest would join another one
            reasons |= await self._set(connection, args)
        self.refused = {name: reason for name, reason in reasons.items() if reason != NO_ACK}
        self._tell()
        return NO_ACK not in reasons.values()

    async def _set(self, connection: Connection, args: Options) -> dict[str, str]:
        """Return why the node did not take what it did not take."""
        reason, _ = await self._ask(connection, "set", args)
        if not reason:
            self.in_force |= {name: one for name, one in args.items() if name != _PASSWORD}
            return {}
        if reason == NO_ACK or len(args) == 1 or _PASSWORD in args:
            return dict.fromkeys(args, reason)
        # One that is wrong changes nothing: the others are right on their own, unlike those of a Wi-Fi.
        found: dict[str, str] = {}
        for name, value in args.items():
            found |= await self._set(connection, {name: value})
        return found

    async def _read(self, connection: Connection) -> bool:
        """Learn what the node has; it tells in several answers."""
        found: Options = {}
        after: dict[str, Any] = {}
        for _ in range(_MOST_PAGES):
            reason, answer = await self._ask(connection, "options", after)
            if reason == NO_ACK:
                return False
            page = answer.get("options")
            if not isinstance(page, dict) or not page:
                break
            found |= page
            after = {"after": max(page)}
            if not answer.get("more"):
                break
        self.in_force = found
        return True


def _commands(options: Options) -> Iterator[Options]:
    """Set as much at once as a node's input holds: it connects to a Wi-Fi whose name it has."""
    wifi = {name: value for name, value in options.items() if name in _WIFI}
    others = {name: value for name, value in options.items() if name not in wifi}
    for together in (others, wifi):
        if not together:
            continue
        try:
            serial_line.encode_command(0xFFFF, 0xFFFF, "set", together)
        except serial_line.LineTooLong:
            for name, value in together.items():
                yield {name: value}
        else:
            yield together
