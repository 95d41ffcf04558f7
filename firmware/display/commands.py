"""The commands of a display node; borrowed when the host gives one."""

from display import key_store, limit_store
from display.alarm_rules import CRITICAL, WARNING
from display.key_store import mac_of
from node.config import BadSetting


def _devices(node, _args: dict) -> dict:
    return key_store.told(node.keys)


def _key(node, args: dict) -> None:
    key_store.take(node.keys, args)


def _forget(node, args: dict) -> None:
    """Drop a device with all that belongs to it."""
    mac = mac_of(args.get("mac"))
    limit_store.forget(node.limits, mac)
    key_store.forget(node.keys, mac)
    node.watch.alarms.forget(mac)


def _limits(node, args: dict) -> dict:
    """Take limits from the host; answer those that are in force now."""
    mac = mac_of(args.get("mac"))
    limit_store.take(node.limits, node.keys, mac, args)
    device = node.registry.devices.get(mac)
    if device is None:
        return limit_store.told(node.limits.set_of(mac))
    return limit_store.told(node.limits.of(mac, device.record_type, device.volts))


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
