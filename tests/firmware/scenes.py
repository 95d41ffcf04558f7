"""What the OLED is shown with: every page in every state, as devices, nodes, keys and alarms would have it."""

from typing import Any

from simulator.envelope import seal_envelope
from simulator.victron.encode import encode

type Scene = dict[str, Any]

BOW, STERN = "025E50000001", "025E50000002"
SHUNT, SOLAR, CHARGER, OTHER = "C0FFEE000001", "C0FFEE000002", "C0FFEE000003", "C0FFEE000004"
_NONCE = 1000
_MS = {"s": 1000, "m": 60_000, "h": 3_600_000}

BATTERY_VALUES = {
    "soc_pct": 87.0, "battery_voltage_v": 13.19, "battery_current_a": -12.345, "ttg_min": 1234,
    "alarm_reason": 0, "aux_mode": 3, "consumed_ah": -13.0,
}  # fmt: skip
SOLAR_VALUES = {
    "device_state": 3, "charger_error": 0, "battery_voltage_v": 13.42, "battery_current_a": 24.6,
    "yield_today_wh": 1250, "pv_power_w": 331,
}  # fmt: skip
CHARGER_VALUES = {
    "device_state": 4, "charger_error": 0, "battery_voltage1_v": 14.25, "battery_current1_a": 12.3,
    "temperature_c": 41,
}  # fmt: skip
MULTI_VALUES = {
    "device_state": 9, "vebus_error": 0, "battery_current_a": -22.4, "battery_voltage_v": 12.98,
    "active_ac_in": 2, "ac_in_power_w": 0, "ac_out_power_w": 285, "alarm": 0, "soc_pct": 87,
}  # fmt: skip


def device(mac: str, record_type: int, values: dict[str, Any], **also: Any) -> dict[str, Any]:
    """Return a device that has said this."""
    head = bytes((0x10, 0, 0, 0xA0, record_type))
    md = seal_envelope(head, key_of(mac), _NONCE, encode(record_type, values))
    found = {"mac": mac, "md": md.hex(), "age": "1s", "node": BOW, "rssi": -67, "strengths": {}}
    found |= also
    age = found.pop("age")
    return found | {"age_ms": int(age[:-1]) * _MS[age[-1]]}


def key_of(mac: str) -> bytes:
    """Return a device's key."""
    return bytes.fromhex(mac[-2:]) * 16


def node(mac: str = BOW, name: str = "Bow", age: str = "2s", rssi: int = -61) -> dict[str, Any]:
    """Return a sensor node."""
    return {"mac": mac, "name": name, "age_ms": int(age[:-1]) * _MS[age[-1]], "rssi": rssi}


def alarm(mac: str, kind: str, severity: str, value: Any, age_s: int = 75) -> dict[str, Any]:
    """Return an alarm that is raised."""
    return {
        "mac": mac, "kind": kind, "severity": severity, "value": value, "age_s": age_s,
        "state": "raised",
    }  # fmt: skip


def scene(name: str, *devices: dict[str, Any], names: Any = (), **also: Any) -> Scene:
    """Return a scene; the devices have keys, and are placed, in this order."""
    keys = {
        one["mac"]: {
            "key": key_of(one["mac"]).hex(),
            "name": names[place] if place < len(names) else "House",
            "place": place,
            "proved": True,
        }
        for place, one in enumerate(devices)
    }
    found: Scene = {
        "name": name, "devices": devices, "nodes": [node()], "keys": keys, "alarms": [],
        "wifi": None, "options": {}, "presses": [], "events": [], "ticks": 0, "heard_ms": 240_000,
        "identify": False, "survey_s": 0,
    }  # fmt: skip
    return found | also


def battery(**values: Any) -> dict[str, Any]:
    """Return the battery monitor."""
    return device(SHUNT, 0x02, BATTERY_VALUES | values)


def _aged(age: str, **also: Any) -> dict[str, Any]:
    return device(SHUNT, 0x02, BATTERY_VALUES, age=age, **also)


_SOLAR = device(SOLAR, 0x01, SOLAR_VALUES)
_CHARGER = device(CHARGER, 0x08, CHARGER_VALUES)
_MULTI = device(OTHER, 0x0C, MULTI_VALUES)
_UNPUBLISHED = _SOLAR | {"md": _SOLAR["md"][:8] + "07" + _SOLAR["md"][10:]}
_UNPROVED = {SHUNT: {"key": key_of(SHUNT).hex(), "name": "House", "place": 0, "proved": False}}
_WRONG = {SHUNT: {"key": key_of(SOLAR).hex(), "name": "House", "place": 0, "proved": True}}
_JOINED = {"ssid": "Harbour WiFi", "ip": "192.168.178.31", "channel": 11}
_OWN = {
    "point_open": True, "point_ssid": "Saloon-0002", "point_password": "k7wq3mzt9hbn",
    "ip": "192.168.4.1", "state": "ap",
}  # fmt: skip
_LONG = "Batterie Küche vorn"

SCENES = [
    scene("battery", battery()),
    scene("battery-charging", battery(soc_pct=54.0, battery_current_a=7.2, ttg_min=None)),
    scene("battery-full", battery(soc_pct=100.0, battery_current_a=0.0, ttg_min=None)),
    scene("battery-low", battery(soc_pct=8.0, battery_current_a=-0.05, ttg_min=9)),
    scene("battery-empty", battery(soc_pct=0.0, battery_voltage_v=10.4, battery_current_a=-1.0)),
    scene("battery-negative", battery(battery_voltage_v=-0.02, battery_current_a=-0.004)),
    scene(
        "battery-huge",
        battery(
            soc_pct=102.2, battery_voltage_v=327.66, ttg_min=65534, battery_current_a=-2097.151
        ),
    ),
    scene(
        "battery-huge-charge",
        battery(battery_voltage_v=58.4, battery_current_a=448.5, ttg_min=9000),
    ),
    scene(
        "battery-not-available",
        battery(**dict.fromkeys(("soc_pct", "battery_voltage_v", "battery_current_a", "ttg_min"))),
    ),
    scene("battery-silent", _aged("12m")),
    scene("battery-node-lost", _aged("4h"), nodes=[node(age="4h")]),
    scene("battery-not-heard", battery(), names=["House"]) | {"devices": []},
    scene("battery-wrong-key", battery(), keys=_WRONG),
    scene("battery-checking-key", battery(), keys=_UNPROVED),
    scene("battery-held", battery(), presses=["long"]),
    scene(
        "battery-alarm-acknowledged",
        battery(soc_pct=19.0),
        alarms=[alarm(SHUNT, "soc_low", "warning", 190) | {"state": "acknowledged"}],
    ),
    scene("battery-long-name", battery(), names=[_LONG]),
    scene("battery-long-name-end", battery(), names=[_LONG], ticks=6),
    scene("battery-cyrillic", battery(), names=["Бортовая"]),
    scene("battery-moved", battery(), events=["time"], later_s=8 * 180),
    scene("solar", _SOLAR, names=["Roof"]),
    scene(
        "solar-night",
        device(
            SOLAR,
            0x01,
            SOLAR_VALUES | {"device_state": 0, "pv_power_w": 0, "battery_current_a": 0.0},
        ),
        names=["Roof"],
    ),
    scene(
        "solar-huge",
        device(
            SOLAR,
            0x01,
            SOLAR_VALUES
            | {
                "pv_power_w": 65534,
                "yield_today_wh": 655340,
                "device_state": 247,
                "battery_voltage_v": 327.66,
            },
        ),
        names=["Roof"],
    ),
    scene(
        "solar-kilowatt",
        device(
            SOLAR,
            0x01,
            SOLAR_VALUES | {"pv_power_w": 1480, "yield_today_wh": 12340, "device_state": 5},
        ),
        names=["Roof"],
    ),
    scene("solar-not-available", device(SOLAR, 0x01, {}), names=["Roof"]),
    scene(
        "solar-unknown-state",
        device(SOLAR, 0x01, SOLAR_VALUES | {"device_state": 77}),
        names=["Roof"],
    ),
    scene("solar-silent", device(SOLAR, 0x01, SOLAR_VALUES, age="45s"), names=["Roof"]),
    scene("charger", _CHARGER, names=["Shore"]),
    scene(
        "charger-external",
        device(CHARGER, 0x08, CHARGER_VALUES | {"device_state": 252, "battery_current1_a": 100.5}),
        names=["Shore"],
    ),
    scene(
        "charger-node-lost",
        device(CHARGER, 0x08, CHARGER_VALUES, age="3m"),
        names=["Shore"],
        nodes=[node(age="3m")],
    ),
    scene(
        "dcdc",
        device(
            CHARGER,
            0x04,
            {
                "device_state": 3,
                "charger_error": 0,
                "input_voltage_v": 13.8,
                "output_voltage_v": 14.2,
                "off_reason": 0,
            },
        ),
        names=["Orion"],
    ),
    scene(
        "orion-xs",
        device(
            CHARGER,
            0x0F,
            {
                "device_state": 3,
                "charger_error": 0,
                "input_voltage_v": 13.8,
                "output_voltage_v": 14.2,
                "output_current_a": 32.5,
                "input_current_a": 35.1,
                "off_reason": 0,
            },
        ),
        names=["Orion XS"],
    ),
    scene("multi", _MULTI, names=["Multi"]),
    scene(
        "multi-charging",
        device(
            OTHER,
            0x0C,
            MULTI_VALUES | {"device_state": 4, "ac_in_power_w": 1890, "ac_out_power_w": -2300},
        ),
        names=["Multi"],
    ),
    scene(
        "multi-huge",
        device(
            OTHER,
            0x0C,
            MULTI_VALUES
            | {
                "ac_in_power_w": -262143,
                "ac_out_power_w": 262142,
                "battery_voltage_v": 163.82,
                "device_state": 252,
            },
        ),
        names=["Multi"],
    ),
    scene("multi-not-available", device(OTHER, 0x0C, {}), names=["Multi"]),
    scene("multi-silent", device(OTHER, 0x0C, MULTI_VALUES, age="2h"), names=["Multi"]),
    scene(
        "smart-lithium",
        device(
            OTHER,
            0x05,
            {
                "bms_flags": 0,
                "error_flags": 0,
                "battery_voltage_v": 13.31,
                "balancer_status": 1,
                "battery_temperature_c": -7,
            },
        ),
        names=["Lithium"],
    ),
    scene(
        "battery-protect",
        device(
            OTHER,
            0x09,
            {
                "device_state": 249,
                "output_state": 1,
                "error_code": 0,
                "alarm_reason": 0,
                "warning_reason": 0,
                "input_voltage_v": 12.7,
                "output_voltage_v": 12.6,
                "off_reason": 0,
            },
        ),
        names=["Protect"],
    ),
    scene(
        "inverter",
        device(
            OTHER,
            0x03,
            {
                "device_state": 9,
                "alarm_reason": 0,
                "battery_voltage_v": 12.6,
                "ac_apparent_power_va": 310,
                "ac_voltage_v": 230.4,
                "ac_current_a": 1.3,
            },
        ),
        names=["Phoenix"],
    ),
    scene(
        "energy-meter",
        device(
            OTHER,
            0x0D,
            {
                "monitor_mode": 3,
                "battery_voltage_v": 12.7,
                "alarm_reason": 0,
                "aux_mode": 3,
                "battery_current_a": -4.56,
            },
        ),
        names=["Fridge"],
    ),
    scene(
        "energy-meter-huge",
        device(
            OTHER,
            0x0D,
            {
                "monitor_mode": -1,
                "battery_voltage_v": 327.66,
                "alarm_reason": 0,
                "aux_mode": 3,
                "battery_current_a": -2097.151,
            },
        ),
        names=["Fridge"],
    ),
    scene("unpublished", _UNPUBLISHED, names=["Cerbo"]),
    scene("not-provisioned", nodes=None),
    scene("no-node", nodes=[]),
    scene("no-device"),
    scene("no-key", _SOLAR, keys={}),
    scene("system", battery(), presses=["short"], heard_ms=240_000),
    scene(
        "system-second-node",
        battery(),
        nodes=[node(), node(STERN, "Stern", "9s", -84)],
        presses=["short"],
        ticks=6,
    ),
    scene("system-node-lost", battery(), nodes=[node(age="2h")], presses=["short"], heard_ms=None),
    scene("system-host-silent", battery(), presses=["short"], heard_ms=7_300_000),
    scene("system-no-node", nodes=[], presses=["short"]),
    scene("wifi-joined", battery(), wifi=_JOINED, presses=["short"] * 2),
    scene("wifi-own", battery(), wifi=_OWN, presses=["short"] * 2),
    scene(
        "wifi-wrong-password",
        battery(),
        wifi=_JOINED | {"ip": "", "problem": "wrong password", "state": "waiting"},
        presses=["short"] * 2,
    ),
    scene("own-network-while-empty", nodes=[], wifi=_OWN, ticks=6),
    scene(
        "survey",
        battery() | {"strengths": {BOW: -71, STERN: -88}},
        nodes=[node(), node(STERN, "Stern")],
        presses=["short"] * 2,
        survey_s=30,
    ),
    scene("survey-begins", battery(), presses=["short"] * 2),
    scene("survey-silent", _aged("2m"), presses=["short"] * 2, survey_s=30),
    scene("survey-empty", nodes=[], presses=["short"] * 2),
    scene(
        "alarm-charge", battery(soc_pct=9.5), alarms=[alarm(SHUNT, "soc_critical", "critical", 95)]
    ),
    scene(
        "alarm-voltage",
        battery(),
        alarms=[
            alarm(SHUNT, "voltage_high", "critical", 1554),
            alarm(SHUNT, "soc_low", "warning", 190),
        ],
    ),
    scene("alarm-voltage-low", battery(), alarms=[alarm(SHUNT, "voltage_low", "critical", 1149)]),
    scene(
        "alarm-device",
        battery(),
        alarms=[alarm(SHUNT, "device_alarm", "critical", 1 << 5)],
        names=["House"],
    ),
    scene(
        "alarm-device-several",
        battery(),
        alarms=[alarm(SHUNT, "device_alarm", "critical", 1 << 5 | 1 << 8 | 1 << 9)],
        names=[_LONG],
    ),
    scene(
        "alarm-charger-error",
        _CHARGER,
        alarms=[alarm(CHARGER, "charger_error", "warning", 2)],
        names=["Shore"],
    ),
    scene(
        "alarm-device-silent",
        _aged("12m"),
        alarms=[alarm(SHUNT, "no_data", "warning", "device", 7200)],
    ),
    scene(
        "alarm-node-lost",
        _aged("12m"),
        nodes=[node(age="12m")],
        alarms=[alarm(BOW, "no_data", "warning", "radio", 600)],
    ),
    scene("alarm-test", battery(), alarms=[alarm("02D159000002", "test", "warning", None, 2)]),
    scene("identify", battery(), identify=True),
    scene("dark", battery(), options={"saver_minutes": 5}, events=["nobody comes"]),
    scene(
        "woken-by-the-button",
        battery(),
        options={"saver_minutes": 5},
        events=["nobody comes", "press"],
    ),
    scene(
        "woken-by-an-alarm",
        battery(),
        options={"saver_minutes": 5},
        alarms=[alarm(SHUNT, "soc_low", "warning", 190) | {"state": "pending"}],
        events=["nobody comes", "alarm"],
    ),
]
