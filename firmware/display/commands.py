"""The commands of a display node; borrowed when the host gives one."""

from display.alarm_rules import CRITICAL, WARNING
from display.keys import mac_of
from display.limit_fields import told
from node.config import BadSetting


def _devices(node, _args: dict) -> dict:
    return node.keys.command_devices(_args)


def _key(node, args: dict) -> None:
    node.keys.command_key(args)


def _forget(node, args: dict) -> None:
    """Drop a device with all that belongs to it."""
    mac = mac_of(args.get("mac"))
    node.limits.forget(mac)
    node.keys.forget(mac)
    node.watch.alarms.forget(mac)


def _limits(node, args: dict) -> dict:
    """Take limits from the host; answer those that are in force now."""
    mac = mac_of(args.get("mac"))
    node.limits.take(mac, args)
    device = node.registry.devices.get(mac)
    if device is None or not device.md:
        return told(node.limits.set_of(mac))
    return told(node.limits.of(mac, device.record_type, device.volts))


def _alarm_test(node, args: dict) -> None:
    """Ring for a few seconds as if something were wrong."""
    severity = args.get("severity", CRITICAL)
    if severity not in (WARNING, CRITICAL):
        raise BadSetting("severity")
    node.watch.test(severity)


def _acknowledge(node, args: dict) -> None:
    """Take note of all alarms, or of those of one device."""
    mac = args.get("mac")
    node.watch.acknowledge(None if mac is None else mac_of(mac))


def _identify(node, _args: dict) -> None:
    node.face.identify()


HANDLERS = {
    "devices": _devices,
    "key": _key,
    "forget": _forget,
    "limits": _limits,
    "alarm_test": _alarm_test,
    "acknowledge": _acknowledge,
    "identify": _identify,
}
