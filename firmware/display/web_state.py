"""What `/api/state` says, one piece for each device and node: no text of all of it ever exists (docs/api.md)."""

import time

from display.readings import decimal, kind_of, newest, power_w
from display.silence import whose
from display.summary import OTHER, POWER, TABLE, rank
from node.age import age_ms
from node.borrowed import Borrowed
from node.mac_text import plain
from node.version import __version__
from protocol.records import RECORDS
from protocol.serial_json import encode_json

FORMAT = 1


def pieces(node):
    """Yield the pieces in their order; between two of them anything may come and go."""
    relay = node.relay
    nodes = relay.nodes if relay else None
    yield encode_json(_about(node))[:-1] + ',"alarms":['
    now = node.app.uptime.seconds()
    yield ",".join([encode_json(alarm.line(now)) for alarm in node.watch.alarms.active()])
    comma = '],"devices":['
    devices = node.registry.devices
    for mac in sorted(devices, key=lambda mac: rank(node.keys, mac, kind_of(devices[mac].md))):
        device = devices.get(mac)
        if device:
            yield comma + _device(node, nodes, device)
            comma = ","
    yield '],"nodes":[' if comma == "," else comma + '],"nodes":['
    yield ",".join([encode_json(_node(one)) for one in nodes.present()] if nodes else [])
    yield "]}\n"


def _about(node) -> dict:
    """Return what there is to say of the display node itself."""
    app = node.app
    heard = app.console.heard
    return {
        "format": FORMAT,
        "name": app.name,
        "fw": __version__,
        "uptime_s": app.uptime.seconds(),
        "provisioned": node.relay is not None,
        "host_s": None if heard is None else age_ms(heard, time.ticks_ms()) // 1000,
    }


def _node(one) -> dict:
    """Return a sensor node; its name once it has told it."""
    name = ""
    if one.state:
        with Borrowed("protocol.radio_state") as radio_state:
            name = radio_state.unpack_state(one.state)["name"]
    return {
        "mac": plain(one.mac),
        "name": name,
        "rssi": one.rssi,
        "age_s": one.age_ms() // 1000,
        "lost": one.is_lost(),
        "missed": one.lost,
    }


def _device(node, nodes, device) -> str:
    """Return a device with its values, or with why there are none: an old number is never sent as if it were fresh."""
    keys = node.keys
    record_type = kind_of(device.md)
    kind, main, others, state = TABLE.get(record_type, (OTHER, "", (), ""))
    cause = whose(nodes, device) if nodes else ""
    reading = None
    if not cause:
        reading, cause = newest(keys, device)
    about = {
        "mac": plain(device.mac),
        "name": keys.name_of(device.mac),
        "kind": kind,
        "record": RECORDS[record_type][0] if record_type in RECORDS else "",
        "rssi": device.rssi,
        "age_s": device.age_ms() // 1000,
        "cause": cause,
    }
    if not reading:
        return encode_json(about)
    values = _values(reading, (main,) + others + (state,))
    return encode_json(about)[:-1] + ',"values":{' + values + "}}"


def _values(reading, first: tuple) -> str:
    """Return all that is known, the most telling first, as exact decimals: floats are single precision here."""
    values = reading.values
    parts = []
    for name in first + tuple([name for name in values if name not in first]):
        value = power_w(reading) if name == POWER else values.get(name)
        if value is not None:
            text = _number(value, 0 if name == POWER else reading.exponent(name))
            parts.append(f'"{name}":{text}')
    return ",".join(parts)


def _number(value, digits: int) -> str:
    """Return one value as JSON."""
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return "[" + ",".join([_number(one, digits) for one in value]) + "]"
    if isinstance(value, str):  # a cell beyond the range: "<2.61"
        return f'"{value}"'
    return decimal(value, digits, digits)
