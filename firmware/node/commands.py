"""The commands of both roles that are seldom given; borrowed for the moment."""

import time

from node import clock
from node.config import BadSetting
from node.health import refused
from node.log_pages import page
from protocol.errors import ProtocolError


class FlashUnreadable(ProtocolError):
    """Whether a new epoch is above the old one cannot be told."""

    reason = "flash_unreadable"


def _counters(app, args: dict) -> dict:
    """Return the role's counters, or the radio's: together they do not fit into one line."""
    if args.get("of") == "radio":
        return app.radio.counters()
    counters = {"refused": refused(app), "lines": app.port.lines}
    if app.more_counters:
        counters.update(app.more_counters())
    return counters


def _provision(app, args: dict) -> None:
    """Store what the host gives; the node starts afresh with it."""
    number = args.get("epoch")
    if not isinstance(number, int) or not 0 <= number < 1 << 31:
        raise BadSetting("epoch")
    if app.epoch is None:
        raise FlashUnreadable
    # First the epoch: a power cut in between must not leave a key without a fresh number.
    app.epoch.seed(number)
    app.config.provision(args)
    app.leaving = "provisioned"


def _reboot(app, _args: dict) -> None:
    """Restart, also out of safe mode."""
    app.kept.safe = False
    app.leaving = "reboot command"


def _safe(app, _args: dict) -> None:
    """Restart into safe mode."""
    app.kept.safe = True
    app.leaving = "safe command"


def _repl(app, _args: dict) -> None:
    """Restart and end at the prompt."""
    app.kept.ask_prompt()
    app.leaving = "repl command"


def _time(app, args: dict) -> None:
    """Set the clock; of all commands this one comes from Home Assistant only, at once and every hour."""
    clock.set_time(args)
    app.console.heard = time.ticks_ms()


def _measure(app, args: dict) -> None:
    """Begin to measure something."""
    from node.measures import command

    command(app, args)


# name -> function(app, arguments) that returns a dict or None; a reason in app.leaving has the node restart
HANDLERS = {
    "counters": _counters,
    "log": lambda app, args: page(app.log.ring, args),
    "measure": _measure,
    "options": lambda app, args: app.options.answer(args),
    "provision": _provision,
    "reboot": _reboot,
    "repl": _repl,
    "safe": _safe,
    "set": lambda app, args: app.options.set(args),
    "time": _time,
}
