"""How a node is doing, in as many lines as that needs; borrowed for the moment."""

from node import version
from protocol.serial_payloads import encode_json

ROOM = 440  # characters of JSON; beside it prefix, number, CRC and line feeds find room
MOST_REASONS = 12
FIRST = (
    "uptime_s",
    "foreign_radio",
)  # together, so that a line with the one and without the other says "no"

# counter -> what a person calls it
TOLD = (
    ("nodes", "sensor nodes"),
    ("devices", "devices"),
    ("accepted", "readings received"),
    ("seen", "advertisements"),
    ("sent", "readings sent"),
    ("frames", "frames"),
    ("missing_receipts", "receipts missing"),
)


def report(app) -> dict:
    """Return how the node is doing."""
    health = {
        "uptime_s": app.uptime.seconds(),
        "fw": version.__version__,
        "heap_free": app.memory.free,
        "heap_low": app.memory.lowest,
        "lines": app.port.lines,
        "unwritten": app.port.unwritten,
        "refused": refused(app),
    }
    if app.restarts:
        health["restarts"] = {
            pulse.name: pulse.restarts for pulse in app.watchdog.pulses if pulse.restarts
        }
    if app.more_health:
        health.update(app.more_health())
    return health


def summary(app) -> str:
    """Return how it goes, for people."""
    counters = app.more_counters() if app.more_counters else {}
    texts = [f"{counters[name]} {text}" for name, text in TOLD if name in counters]
    texts.append(f"channel {app.radio.channel}")
    texts.append(f"{app.memory.free} bytes free, at least {app.memory.lowest}")
    return f"after {app.uptime.seconds()} s: " + ", ".join(texts)


def refused(app) -> dict:
    """Return how many lines and frames were refused, by reason."""
    counts = {"line_too_long": app.port.too_long} if app.port.too_long else {}
    for tally in app.refusals:
        for reason, count in tally.counts.items():
            counts[reason] = counts.get(reason, 0) + count
    return counts


def parts(health: dict) -> list:
    """Return dicts that each fit into a line."""
    found = []
    part = {}
    used = 2
    names = [name for name in FIRST if name in health]
    names += [name for name in health if name not in FIRST]
    for name in names:
        value = health[name]
        if isinstance(value, dict) and len(value) > MOST_REASONS:
            value = _most_frequent(value)
        size = len(encode_json({name: value})) - 1  # its braces, but a comma
        if part and used + size > ROOM:
            found.append(part)
            part = {}
            used = 2
        part[name] = value
        used += size
    found.append(part)
    return found


def _most_frequent(counts: dict) -> dict:
    """Return the highest counts by name, and the sum of the rest as `other`."""
    names = sorted(counts, key=lambda name: -counts[name])
    shown = {name: counts[name] for name in names[:MOST_REASONS]}
    shown["other"] = shown.get("other", 0) + sum(counts[name] for name in names[MOST_REASONS:])
    return shown
