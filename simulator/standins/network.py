"""`network.WLAN` (ports/esp32/network_wlan.c): what the driver does by itself is the world's."""

import struct

import _link
import _operations as op

STA_IF = 0
AP_IF = 1
STAT_IDLE = 1000
STAT_CONNECTING = 1001
STAT_GOT_IP = 1010
STAT_BEACON_TIMEOUT = 200
STAT_NO_AP_FOUND = 201
STAT_WRONG_PASSWORD = 202
STAT_ASSOC_FAIL = 203
STAT_HANDSHAKE_TIMEOUT = 204
AUTH_OPEN = 0
AUTH_WPA2_PSK = 3
AUTH_WPA_WPA2_PSK = 4
MODE_11B = 1
MODE_11G = 2
MODE_11N = 4
MODE_LR = 8

_hostname = "mpy-esp32"
_ASK = -1
_names = ("STA", "AP")


def hostname(name=None):
    global _hostname
    if name is not None:
        _hostname = name
    return _hostname


def _wrong_state():
    """Return what ESP_ERR_WIFI_STATE becomes: not while connecting or connected."""
    return OSError("Wifi Internal State Error")


def country(code=None):
    return code or "XX"


class WLAN:
    IF_STA = STA_IF
    IF_AP = AP_IF
    PM_NONE = 0
    PM_PERFORMANCE = 1
    PM_POWERSAVE = 2
    SEC_OPEN = AUTH_OPEN
    SEC_WPA2 = AUTH_WPA2_PSK
    SEC_WPA_WPA2 = AUTH_WPA_WPA2_PSK
    PROTOCOL_LR = MODE_LR
    PROTOCOL_DEFAULT = MODE_11B | MODE_11G | MODE_11N

    _both = {}

    def __new__(cls, interface=STA_IF):
        if interface not in (STA_IF, AP_IF):
            raise ValueError("invalid WLAN interface identifier")
        if interface not in cls._both:
            one = cls._both[interface] = super().__new__(cls)
            one._start(interface)
        return cls._both[interface]

    def __init__(self, interface=STA_IF):
        pass

    def _start(self, interface):
        self._interface = interface
        self._values = {
            "reconnects": -1,
            "txpower": 20.0,
            "protocol": self.PROTOCOL_DEFAULT,
            "essid": "",
            "ssid": "",
            "hidden": False,
            "security": 0,
            "authmode": 0,
            "password": "",
            "key": "",
            "max_clients": 4,
        }

    def active(self, on=None):
        if on is not None:
            return bool(_link.ask(op.WLAN_ACTIVE, self._interface, int(bool(on))))
        if _link.knows():
            return bool(_link.flags & (op.POINT_ON if self._interface else op.STATION_ON))
        return bool(_link.ask(op.WLAN_ACTIVE, self._interface, _ASK))

    def config(self, *names, **values):
        if names:
            return self._get(names[0])
        for name, value in values.items():
            self._set(name, value)
        return None

    def _get(self, name):
        if name == "mac":
            last = _link.identity[5]
            return _link.identity[:5] + bytes([last + self._interface & 0xFF])
        if name == "channel":
            self._need_active()
            return _link.flags >> op.CHANNEL_BITS if _link.knows() else _link.ask(op.CHANNEL, 0)
        if name in ("hostname", "dhcp_hostname"):
            return hostname()
        if name == "pm":
            return _link.ask(op.POWER_SAVE, _ASK)
        if name not in self._values:
            raise ValueError("unknown config param")
        return self._values[name]

    def _set(self, name, value):
        if name == "channel":
            self._need_active()
            result = _link.ask(op.CHANNEL, value)
            if result == -2:
                raise _wrong_state()
            if result < 0:
                raise OSError(-258, "ESP_ERR_INVALID_ARG")
            return
        if name == "pm":
            _link.ask(op.POWER_SAVE, value)
            return
        if name in ("hostname", "dhcp_hostname"):
            hostname(value)
            return
        if name not in self._values:
            raise ValueError("unknown config param")
        if name == "reconnects":
            self._need_station()
            _link.ask(op.WIFI_RECONNECTS, value)
        self._values[name] = value

    def _need_active(self):
        if not self.active():
            raise OSError(_names[self._interface] + " must be active")

    def _need_station(self):
        if self._interface != STA_IF:
            raise OSError("STA required")

    def connect(self, ssid=None, key=None, *, bssid=None):
        self._need_active()
        self._need_station()
        if ssid is not None:
            self._values["ssid"] = self._values["essid"] = ssid
        if _link.ask(op.WIFI_CONNECT, body=((ssid or "") + "\0" + (key or "")).encode()) < 0:
            raise _wrong_state()

    def disconnect(self):
        self._need_active()
        _link.ask(op.WIFI_DISCONNECT)

    def isconnected(self):
        return self._interface == STA_IF and _link.ask(op.WIFI_STATUS) == STAT_GOT_IP

    def status(self, parameter=None):
        if parameter == "rssi":
            self._need_station()
            strength = _link.ask(op.WIFI_STRENGTH)
            if strength < 0:
                raise OSError("Wifi Not Connected")
            return -strength
        if parameter == "stations":
            return []
        if parameter is not None:
            raise ValueError("unknown status param")
        return _link.ask(op.WIFI_STATUS) if self._interface == STA_IF else None

    def scan(self):
        self._need_active()
        self._need_station()
        found = []
        data = _link.ask_body(op.WIFI_SCAN)
        at = 0
        while at < len(data):
            bssid, channel, rssi, length = struct.unpack_from("<6sBbB", data, at)
            at += 9
            found.append((data[at : at + length], bssid, channel, rssi, AUTH_WPA2_PSK, False))
            at += length
        return found

    def ifconfig(self, values=None):
        address = "0.0.0.0"
        if self._interface == AP_IF and self.active():
            address = "192.168.4.1"
        elif self.isconnected():
            address = "192.168.1.77"
        mask, gateway = "0.0.0.0", address
        if address != "0.0.0.0":
            mask, gateway = "255.255.255.0", address[: address.rfind(".")] + ".1"
        return (address, mask, gateway, gateway)

    def ipconfig(self, *names, **values):
        return (self.ifconfig()[0], self.ifconfig()[1]) if names == ("addr4",) else None
