"""Wi-Fi that does what a test tells it: `joins` maps a network to its (password, channel)."""

AUTH_WPA2_PSK = 3
_IDLE, _GOT_IP, _NO_AP, _WRONG_PASSWORD = 1000, 1010, 201, 202


class WLAN:
    IF_STA = 0
    IF_AP = 1
    mac = b"\x24\x0a\xc4\x00\x00\x01"
    channel = 1
    forbidden = ()
    joins = {}
    state = _IDLE
    settings = ({}, {})
    up = [False, False]
    tries = 0
    log = []  # what was asked of both, in order

    def __init__(self, interface):
        self._interface = interface

    def active(self, on=None):
        if on is None:
            return WLAN.up[self._interface]
        WLAN.up[self._interface] = on
        WLAN.log.append(("active", self._interface, on))
        return None

    def config(self, *names, **values):
        if names:
            return WLAN.mac if names[0] == "mac" else WLAN.channel
        WLAN.log.append(("config", self._interface, sorted(values)))
        WLAN.settings[self._interface].update(values)
        if "channel" in values:
            WLAN._set(values["channel"])
        return None

    def connect(self, ssid, key=None):
        WLAN.tries += 1
        password, channel = WLAN.joins.get(ssid, (None, 0))
        if not channel:
            WLAN.state = _NO_AP
        elif password != key:
            WLAN.state = _WRONG_PASSWORD
        else:
            WLAN.state = _GOT_IP
            WLAN.channel = channel

    def disconnect(self):
        WLAN.state = _IDLE

    def isconnected(self):
        return WLAN.state == _GOT_IP

    def status(self, name=None):
        if name != "rssi":
            return WLAN.state
        if WLAN.state != _GOT_IP:
            raise OSError("Wifi Not Connected")
        return -50

    def ifconfig(self):
        return ("192.168.4.1" if self._interface else "192.168.1.77", "", "", "")

    @staticmethod
    def _set(channel):
        if channel in WLAN.forbidden:
            raise OSError(-258)
        WLAN.channel = channel
