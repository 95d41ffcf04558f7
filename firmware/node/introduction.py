"""What a node does and tells when it starts, and what it says of itself; borrowed for the moment."""

import gc

import machine

from node import suitable, version
from node.borrowed import Borrowed
from node.mac_text import plain
from protocol import radio_frame, serial_framing

MOST_PROBLEM = 38  # letters of one in a hello, so that it fits into a line

CAUSES = {
    machine.PWRON_RESET: "power_on",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deep_sleep",
    machine.SOFT_RESET: "soft",
}


def begin(app) -> None:
    """Find out what happened before, and begin a new epoch."""
    app.reset = CAUSES.get(machine.reset_cause(), "unknown")
    try:
        if app.config.finish_move():
            app.kept.role_data = b""
    except OSError as error:  # tried again at the next start
        app.problems.append("former_site")
        app.log.fault("former site", error)
    # A wake from deep sleep with data of the role's goes on in the same epoch, without a write to flash.
    app.woke = app.reset == "deep_sleep" and bool(app.kept.role_data)
    _begin_epoch(app)


def find_problems(app) -> None:
    """Gather what was wrong at the start, by file and reason."""
    if app.config.problem:
        app.problems.append("config_" + app.config.problem)
    for problem in app.options.problems:
        app.problems.append("options_" + problem)
    with Borrowed("node.good") as good:
        if good.fell_back():
            app.problems.append("fell_back")


def hello(app) -> dict:
    """Return what a host has to know before anything else."""
    found = {
        "role": app.role,
        "mac": plain(app.radio.mac),
        "name": app.name,
        "fw": version.__version__,
        "line": serial_framing.VERSION,
        "radio": radio_frame.VERSION,
        "provisioned": app.config.key is not None,
        "boot": app.boot,
        "boots": app.boots,
        "reset": app.reset,
        "uptime_s": app.uptime.seconds(),
        "mp": version.running(),
        "chip": suitable.chip(),
        "channel": app.radio.channel,
        "heap_free": gc.mem_free(),
        "safe": app.kept.safe,
    }
    if app.kept.reason:
        found["why"] = app.kept.reason
    if suitable.is_experimental(app.role):
        found["experimental"] = True
    if app.problems:
        found["problem"] = app.problems[0][:MOST_PROBLEM]
    return found


def tell_start(app) -> None:
    """Tell a person what started, and why."""
    log = app.log
    why = f" ({app.kept.reason})" if app.kept.reason else ""
    log.info(f"{app.role} node {version.__version__} starts: {app.reset}{why}")
    log.info(f"MicroPython {version.running()} on {suitable.chip()}, {gc.mem_free()} bytes free")
    if not suitable.is_as_wanted():
        log.warning(f"MicroPython {version.running()}: made for 1.29 or newer")
    if suitable.is_experimental(app.role):
        log.warning(f"a sensor node on {suitable.chip()} is experimental")
    if app.kept.safe:
        log.warning("safe mode: no watchdog, and Ctrl-C stops the node")
    for problem in app.problems:
        log.warning(f"at the start: {problem}")


def _begin_epoch(app) -> None:
    """Before the first send of this boot, so that no number of an earlier one is used again."""
    from node.epoch import Epoch  # only now, not with every hello

    try:
        app.epoch = Epoch(app.config.seed)
        if not app.woke:
            app.epoch.start()
    except OSError as error:
        # A lower epoch would be worse than silence, and reading may work next time.
        app.config.withheld = True
        app.problems.append("epoch_unreadable")
        app.log.fault("epoch", error)
        return
    app.boot = app.epoch.value
    app.boots = app.epoch.boots
    if app.epoch.lost:
        app.problems.append("epoch_lost")
