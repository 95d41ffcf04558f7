"""The measurements, in their order: each says what it does, and returns what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from protocol import serial_line
from protocol.errors import ProtocolError

from . import measures
from .console import Console, fields
from .errors import CheckError, PortGone, Refused
from .measures import Device, rounded
from .talk import Talk

DISPLAY, SENSOR = "display", "sensor"
WANTED_MICROPYTHON = (1, 29)
HEALTH_S = 12.0
BACK_S = 15.0  # a sensor node looks for its display node on all channels
REPLUG_S = 120.0
POLL_S = 0.5
MEASURED_S = 60.0
LEAST_FREE = (
    20_000  # bytes; below that Wi-Fi and Bluetooth have no room for what they do now and then
)
SLOW_HMAC_US = 10_000
SLOW_PICTURE_MS = 100
FEW_PERCENT = 1.0
MANY_PERCENT = 10.0

OK, LOOK, SKIPPED = "ok", "look at this", "not measured"


@dataclass
class Finding:
    """One line of the report."""

    what: str
    figure: str
    verdict: str = OK
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Session:
    """What the steps work with."""

    talk: Talk
    consoles: dict[str, Console]
    opened: Callable[[str], Console]
    port: str  # the first one
    seconds: float = 60.0
    channel_seconds: float = 20.0
    channels: tuple[int, ...] = (1, 6, 11)
    hellos: dict[str, dict[str, Any]] = field(default_factory=dict)
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)  # sensor nodes, by MAC
    undo: Callable[[], None] | None = None  # what must be put back, whatever happens

    def note(self, line: serial_line.Line) -> None:
        """Keep the newest word of every sensor node."""
        if line.kind == "node":
            data = fields(line)
            mac = str(data.get("mac")).lower()
            self.nodes[mac] = {**self.nodes.get(mac, {}), **data}


@dataclass(frozen=True)
class Step:
    """One measurement."""

    title: str
    run: Callable[[Session], list[Finding]]
    roles: tuple[str, ...] = ()  # of which at least one must be on a port; nothing: any


# Who is there


def greet(session: Session) -> list[Finding]:
    """Who is there, and is it ready for use?"""
    found = []
    for role, console in session.consoles.items():
        hello = session.hellos[role] = console.hello()
        version = str(hello.get("mp"))
        new_enough = _version(version) >= WANTED_MICROPYTHON
        words = f"firmware {hello.get('fw')}, MicroPython {version}, {hello.get('chip', 'chip unknown')}"
        found.append(Finding(f"{role} node", words, OK if new_enough else LOOK, _public(hello)))
        if not hello.get("provisioned"):
            found.append(
                Finding(f"{role} node", "not provisioned: it hears and sends nothing", LOOK)
            )
    return found


_PRIVATE = ("mac", "name", "boot")


def _public(hello: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in hello.items() if name not in _PRIVATE}


def _version(text: str) -> tuple[int, ...]:
    parts = text.split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else (0,)


def memory(session: Session) -> list[Finding]:
    """How much memory is left while the radios are on?"""
    found = []
    for role, console in session.consoles.items():
        health: dict[str, Any] = {}
        for line in console.lines(HEALTH_S):
            health |= fields(line) if line.kind == "health" else {}
            if "heap_free" in health:
                break
        found.append(_memory(role, health.get("heap_free"), health.get("heap_low")))
    if SENSOR not in session.consoles:
        for node in session.nodes.values():
            found.append(_memory(SENSOR, node.get("heap_free"), node.get("heap_low")))
    return found


def _memory(role: str, free: object, low: object) -> Finding:
    what = f"{role} node, free memory"
    if not isinstance(free, int):
        return Finding(what, "it tells none", SKIPPED)
    lowest = low if isinstance(low, int) and 0 < low <= free else free
    figure = f"{free // 1024} kB, at least {lowest // 1024} kB"
    values = {"heap_free": free, "heap_low": lowest}
    return Finding(what, figure, OK if lowest >= LEAST_FREE else LOOK, values)


# What the chip can do


def hmac(session: Session) -> list[Finding]:
    """How long does it take to sign a frame?"""
    found = []
    for role, console in session.consoles.items():
        what = f"{role} node, signing a frame of 250 bytes"
        answer, problem = _measure(console, "hmac")
        us = answer.get("us")
        if not isinstance(us, int):
            found.append(Finding(what, problem, SKIPPED))
            continue
        verdict = OK if us <= SLOW_HMAC_US else LOOK
        found.append(Finding(what, f"{us / 1000:.1f} ms", verdict, answer))
    return found


def i2c(session: Session) -> list[Finding]:
    """How long does it take to send a picture to the OLED?"""
    what = "OLED, sending a whole picture"
    answer, problem = _measure(session.consoles[DISPLAY], "i2c")
    ms = answer.get("ms")
    if not isinstance(ms, int | float):
        return [Finding(what, problem, SKIPPED)]
    verdict = OK if ms <= SLOW_PICTURE_MS else LOOK
    return [Finding(what, f"{ms:.0f} ms", verdict, answer)]


def scanning(session: Session) -> list[Finding]:
    """Does the sensor node receive anything while it scans?"""
    answer, problem = _measure(session.consoles[SENSOR], "scan_rx")
    found = []
    for name, words in (("paused", "scan paused"), ("scanning", "while scanning")):
        what = f"sensor node, answers received {words}"
        asked, came = answer.get(f"{name}_acked"), answer.get(name)
        if not isinstance(asked, int) or not isinstance(came, int):
            found.append(Finding(what, problem, SKIPPED))
            continue
        # While scanning nothing is expected: the firmware does not count on it.
        good = name == "scanning" or 0 < asked <= 2 * came
        values = {"came": came, "asked": asked, "tries": answer.get("tries")}
        figure = f"{came} to {asked} questions that a radio acknowledged"
        found.append(Finding(what, figure, OK if good else LOOK, values))
    return found


_PROBLEMS = {
    "unknown_command": "this firmware cannot measure it",
    "no_such_measure": "this node cannot measure it",
    "nothing_there": "there is nothing to measure it with",
}


def _measure(console: Console, what: str) -> tuple[dict[str, Any], str]:
    """Have the node measure something; the answer follows the ack as a line of its own."""
    try:
        console.command("measure", {"what": what})
    except Refused as error:
        return {}, _PROBLEMS.get(error.reason, error.sentence)
    answer = console.next("measured", MEASURED_S) or {}
    error = answer.get("error")
    return answer, _PROBLEMS.get(str(error), f"the node failed ({error})" if error else "no answer")


# What is in the air


def air(session: Session) -> list[Finding]:
    """What comes from the Victron devices, and what gets lost between here and there?"""
    console = session.consoles[DISPLAY]
    before = _nodes_now(session, console)
    counters = _counters(session)
    devices: dict[bytes, Device] = {}
    started = console.now()
    for line in console.lines(session.seconds):
        if line.kind != "adv":
            continue
        try:
            mac, _, rssi, _, md = serial_line.parse_advert(line.payload)
        except ProtocolError:
            continue
        devices.setdefault(mac, Device()).add(console.now(), rssi, md)
    lasted = console.now() - started
    after = _nodes_now(session, console)
    session.talk.say(f"  {len(devices)} Victron devices heard.")
    found = [_device(n, one, lasted) for n, one in enumerate(devices.values(), 1)]
    if not devices:
        found = [Finding("Victron devices", "none is heard", LOOK)]
    else:
        strengths = measures.by_strength(devices.values())
        words = ", ".join(f"{share} % at {bucket}" for bucket, share in strengths.items())
        found.append(Finding("missing readings by strength", words, OK, {"by_strength": strengths}))
    for number, (mac, node) in enumerate(after.items(), 1):
        found.append(_hop(before.get(mac, {}), node, f"radio of sensor node {number}"))
    counters_after = _counters(session)
    for number, mac in enumerate(after, 1):
        first, last = before.get(mac, {}), after[mac]
        if SENSOR in session.consoles:  # which knows it by now, not as of its last message
            first, last = counters, counters_after
        found.append(_receipts(number, measures.receipts(first, last)))
    found.append(_cable(console))
    return found


def _nodes_now(session: Session, console: Console) -> dict[str, dict[str, Any]]:
    """Return what the display node knows of its sensor nodes: it tells behind every hello."""
    console.hello()
    for _ in console.lines(POLL_S):
        pass
    return {mac: dict(node) for mac, node in session.nodes.items()}


def _device(number: int, device: Device, seconds: float) -> Finding:
    values = device.figures(seconds)
    missing = values["missing_percent"]
    figure = (
        f"{values['per_minute']} readings a minute, {missing} % missing, "
        f"longest gap {values['longest_gap_s']} s, {values['rssi']} dBm"
    )
    good = missing is not None and missing <= MANY_PERCENT
    return Finding(f"Victron device {number}", figure, OK if good else LOOK, values)


def _hop(before: dict[str, Any], after: dict[str, Any], what: str) -> Finding:
    values = measures.hop(before, after)
    share = values["lost_percent"]
    if share is None:
        return Finding(what, "the sensor node sent nothing new", LOOK, values)
    figure = f"{values['lost']} of {values['frames'] + values['lost']} frames lost ({share} %), {values['rssi']} dBm"
    return Finding(what, figure, OK if share <= FEW_PERCENT else LOOK, values)


def _receipts(number: int, values: dict[str, Any]) -> Finding:
    what = f"frames of sensor node {number} acknowledged by a radio / confirmed by the display node"
    if not values["asked"]:
        return Finding(what, "no frame asked for a receipt", SKIPPED, values)
    radio, real = values["mac_acknowledged_percent"], values["receipts_percent"]
    good = real is not None and real >= 100 - MANY_PERCENT
    return Finding(what, f"{radio} % / {real} % of {values['asked']}", OK if good else LOOK, values)


def _cable(console: Console) -> Finding:
    """Tell what did not come over USB as it was sent; boot messages are no lines of ours."""
    unreadable = {
        reason: count for reason, count in console.refused.items() if reason != "not_ours"
    }
    values = {"lost": console.lost, "unreadable": unreadable}
    figure = f"{console.lost} lines lost, {sum(unreadable.values())} unreadable"
    good = not console.lost and not unreadable
    return Finding("USB line of the display node", figure, OK if good else LOOK, values)


def _counters(session: Session) -> dict[str, Any]:
    """Return the sensor node's counters, those of its radio included."""
    console = session.consoles.get(SENSOR)
    if console is None:
        return {}
    return {**console.command("counters"), **console.command("counters", {"of": "radio"})}


def channels(session: Session) -> list[Finding]:
    """How is it on the channels, and how soon does a sensor node find its display node?"""
    console = session.consoles[DISPLAY]
    home = _option(console, "channel")
    if not isinstance(home, int):
        return [Finding("channels", "this firmware cannot change its channel", SKIPPED)]
    if not _nodes_now(session, console):
        return [Finding("channels", "no sensor node is heard", SKIPPED)]
    session.undo = lambda: _go(console, home)
    found = []
    for channel in (*(one for one in session.channels if one != home), home):
        session.talk.say(f"  Channel {channel} …")
        _go(console, channel)
        found.append(_channel(session, console, channel))
    session.undo = None  # home was the last
    return found


def _go(console: Console, channel: int) -> None:
    console.command("set", {"channel": channel})


def _option(console: Console, name: str) -> object:
    """Return one of the node's options; it tells them in pages."""
    after: dict[str, Any] = {}
    while True:
        try:
            page = console.command("options", after)
        except Refused:
            return None
        options = page.get("options")
        if not isinstance(options, dict) or name in options or not page.get("more") or not options:
            return options.get(name) if isinstance(options, dict) else None
        after = {"after": max(options)}


def _channel(session: Session, console: Console, channel: int) -> Finding:
    what = f"channel {channel}"
    started = console.now()
    is_there = console.hello().get("channel")
    if is_there != channel:
        return Finding(what, f"the display node stays on {is_there}: its Wi-Fi decides", SKIPPED)
    back = _resumed(console, started)
    if back is None:
        return Finding(what, f"no reading within {BACK_S:.0f} s", LOOK, {"channel": channel})
    before = _nodes_now(session, console)
    for _ in console.lines(session.channel_seconds):
        pass
    after = _nodes_now(session, console)
    mac = max(
        after, key=lambda one: measures.gained(before.get(one, {}), after[one], "frames") or 0
    )
    finding = _hop(before.get(mac, {}), after[mac], what)
    finding.values |= {"channel": channel, "found_s": rounded(back)}
    finding.figure += f", found after {back:.1f} s"
    return finding


def _resumed(console: Console, started: float) -> float | None:
    """Return after how many seconds the first reading came that is younger than the move."""
    for line in console.lines(BACK_S):
        if line.kind != "adv":
            continue
        try:
            age_s = serial_line.parse_advert(line.payload)[3] / 1000
        except ProtocolError:
            continue
        if console.now() - age_s >= started:
            return console.now() - started
    return None


# What only a person can do


def power(session: Session) -> list[Finding]:
    """How much current do the boards take?"""
    found = []
    for role in (DISPLAY, SENSOR):
        ma = session.talk.number(
            f"  Current of the {role} node on a USB meter, in mA (Enter: none)"
        )
        if ma is None:
            found.append(Finding(f"{role} node, current", "no meter", SKIPPED))
        else:
            found.append(Finding(f"{role} node, current", f"{ma:g} mA", OK, {"ma": ma}))
    return found


def unplug(session: Session) -> list[Finding]:
    """How soon is everything back after the cable was pulled?"""
    what = "back after unplugging"
    role = next(iter(session.consoles))
    if session.talk.silent:
        return [Finding(what, "nobody is there to do it", SKIPPED)]
    session.talk.say(
        f"  Pull the USB cable of the {role} node now, wait a moment, plug it in again."
    )
    console = session.consoles[role]
    if not _vanished(console):
        return [Finding(what, "the cable was not pulled", SKIPPED)]
    session.talk.say("  It is gone. Plug it in again.")
    console = session.consoles[role] = _returned(session, console)
    started = console.now()
    hello = console.hello(REPLUG_S)
    values: dict[str, Any] = {
        "hello_s": rounded(console.now() - started),
        "reset": hello.get("reset"),
    }
    figure = f"greets after {values['hello_s']} s"
    if role == DISPLAY:
        back = _resumed(console, started)
        values["reading_s"] = rounded(back)
        figure += f", first new reading after {back:.1f} s" if back else ", no reading came"
        return [Finding(what, figure, LOOK if back is None else OK, values)]
    return [Finding(what, figure, OK, values)]


def _vanished(console: Console) -> bool:
    try:
        for _ in console.lines(REPLUG_S):
            pass
    except PortGone:
        return True
    return False


def _returned(session: Session, gone: Console) -> Console:
    """Open the port again as soon as it is there."""
    gone.close()
    end = gone.now() + REPLUG_S
    while True:
        try:
            console = session.opened(session.port)
        except CheckError:
            if gone.now() >= end:
                raise
            gone.wait(POLL_S)
            continue
        console.listener = session.note
        return console


STEPS: dict[str, Step] = {
    "hello": Step("Who is there", greet),
    "memory": Step("Memory with the radios on", memory),
    "hmac": Step("Signing", hmac),
    "i2c": Step("OLED", i2c, (DISPLAY,)),
    "air": Step("Listening", air, (DISPLAY,)),
    "scanning": Step("Receiving while scanning", scanning, (SENSOR,)),
    "channels": Step("Channels", channels, (DISPLAY,)),
    "power": Step("Current", power),
    "unplug": Step("Pulling the cable", unplug),
}
