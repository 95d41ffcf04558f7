"""Wi-Fi that knows its channel and nothing else."""


class WLAN:
    IF_STA = 0
    IF_AP = 1
    mac = b"\x24\x0a\xc4\x00\x00\x01"
    channel = 1
    forbidden = ()

    def __init__(self, interface):
        self._interface = interface

    def active(self, on):
        pass

    def config(self, *names, **values):
        if names:
            return WLAN.mac if names[0] == "mac" else WLAN.channel
        return WLAN._set(values["channel"])

    @staticmethod
    def _set(channel):
        if channel in WLAN.forbidden:
            raise OSError(-258)
        WLAN.channel = channel
