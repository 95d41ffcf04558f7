"""Diagnostics: what a maintainer needs, without keys, addresses and names."""

import time
from collections import Counter
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_MAC
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .alarms import Alarm
from .const import CONF_KEY, CONF_WIFI, DOMAIN
from .device import Device
from .heard import Heard
from .hub import Hub, VictronEspnowConfigEntry
from .node import Node

# The port can hold a serial number or a host, titles are what people call their things.
TO_REDACT = {CONF_DEVICE, CONF_KEY, CONF_MAC, CONF_WIFI, "name", "ssid", "title", "unique_id"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: VictronEspnowConfigEntry
) -> dict[str, Any]:
    """Return the state of the link and of every device."""
    data: dict[str, Any] = {"entry": entry.as_dict()}
    if entry.state is ConfigEntryState.LOADED:
        hub = entry.runtime_data
        data |= {
            "connected": hub.connected,
            "keys_pushed": hub.settings.may_push_keys,
            "keys_refused": Counter(hub.settings.keys.refused.values()),
            "hello": hub.hello.data if hub.hello else None,
            "limits_refused": Counter(hub.settings.limits.refused.values()),
            "options_refused": hub.settings.options.refused,
            "display": _node(hub.nodes.display),
            "counters": dict(hub.counters),
            "nodes": [_node(node) for node in hub.nodes.sensors.values()],
            "devices": [_device(device) for device in hub.devices.values()],
            "heard": [_heard(heard) for heard in hub.heard.values()],
        }
    redacted: dict[str, Any] = async_redact_data(data, TO_REDACT)
    return redacted


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: VictronEspnowConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return what is known of one Victron device, or of one of our boards."""
    data: dict[str, Any] = {"model": device.model, "firmware": device.sw_version}
    if entry.state is ConfigEntryState.LOADED:
        hub = entry.runtime_data
        identities = {identity for domain, identity in device.identifiers if domain == DOMAIN}
        data |= {"connected": hub.connected, "counters": dict(hub.counters)}
        for one in hub.devices.values():
            if one.subentry_id in identities:
                data["victron"] = _device(one) | _heard_of(hub, one)
        for node in hub.nodes:
            if node.identity in identities:
                data["board"] = _node(node)
    redacted: dict[str, Any] = async_redact_data(data, TO_REDACT)
    return redacted


def _heard_of(hub: Hub, device: Device) -> dict[str, Any]:
    """Return the newest frames, so that a case can be replayed by whoever is given the key."""
    heard = hub.heard.get(device.mac)
    return {"heard": _heard(heard) if heard else None}


def _device(device: Device) -> dict[str, Any]:
    return {
        "subentry_id": device.subentry_id,
        "model": device.model,
        "product_id": device.model_id,
        "record_type": device.record_type,
        "available": device.available,
        "status": device.status,
        "age_s": _age(device.read_at),
        "interval_s": device.interval and round(device.interval, 1),
        "stale_after_s": round(device.stale_after, 1),
        "rssi": device.rssi,
        "key_refused": device.key_refused,
        "counters": dict(device.counters),
        "fields": device.fields,
        "limits": device.limits,
        "alarms": [_alarm(alarm) for alarm in device.alarms.standing.values()],
    }


def _node(node: Node) -> dict[str, Any]:
    return {
        "available": node.available,
        "age_s": _age(node.heard_at),
        "said": dict(node.data),
        "signals": sorted(node.signals.values()),
        "alarms": [_alarm(alarm) for alarm in node.alarms.standing.values()],
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {"kind": alarm.kind, "severity": alarm.severity, "state": alarm.state}


def _heard(heard: Heard) -> dict[str, Any]:
    """The frames are as they were on the air: nobody reads them without the key."""
    return {
        "rssi": heard.rssi,
        "age_s": _age(heard.heard_at),
        "frames": [frame.hex() for frame in heard.data],
    }


def _age(moment: float | None) -> float | None:
    return None if moment is None else round(time.monotonic() - moment, 1)
