"""Wi-Fi beside ESP-NOW: station, access point, or neither. It is the access points that choose the channel.

Together with `node.radio_link` the only place that touches `network`. Three rules keep ESP-NOW receiving
(docs/library/espnow.rst): no modem sleep once connected, no reconnecting by the driver, which would search
on all channels without end, and between our own tries the channel stays where the sensor nodes know it.
"""

import asyncio

import network

from display import access_point

LOOK_MS = 1000
CONNECTING_LOOK_MS = 100
CONNECT_MS = 20_000
FALLBACK_TRIES = 5  # with these pauses, a good minute: a router that restarts is back by then
# Between two tries: each leaves the channel for one and a half seconds.
PAUSES_S = (0, 5, 10, 20, 40, 60, 120, 300)
OFF, STATION, ACCESS_POINT = "off", "station", "ap"
CONNECTING, CONNECTED, WAITING = "connecting", "connected", "waiting"
GOT_IP = 1010
NO_PM = 0  # WLAN.PM_NONE
_CONNECTING = 1001
_WRONG_PASSWORD = "wrong password"
_REASONS = {
    200: "beacons stopped",
    201: "no such network",
    202: _WRONG_PASSWORD,
    203: "association failed",
    204: _WRONG_PASSWORD,  # the handshake ends so as well
    15: _WRONG_PASSWORD,
}


class Wifi:
    """Keeps what the options ask for, and goes on trying."""

    def __init__(self, app, link) -> None:
        self._log = app.log
        self._options = app.options
        self._link = link
        self._station = network.WLAN(network.WLAN.IF_STA)
        self._point = network.WLAN(network.WLAN.IF_AP)
        self._changed = asyncio.Event()
        self._home = app.options["channel"]  # where the sensor nodes know us to be
        self._touched = False  # with Wi-Fi off from the start, nothing is to be done
        self.state = OFF
        self.problem = ""
        self.point_password = ""  # for the OLED
        self.point_ssid = access_point.ssid(app.name, link.mac)
        app.options.on_change(self._note_change)

    @property
    def mode(self) -> str:
        """Return what the options ask for."""
        return self._options["wifi_mode"]

    @property
    def ssid(self) -> str:
        """Return the network that people see us in."""
        return self.point_ssid if self.point_open else self._options["wifi_ssid"]

    @property
    def point_open(self) -> bool:
        """Tell whether our own access point is there."""
        return bool(self._point.active())

    @property
    def channel(self) -> int:
        """Return the channel that sensor nodes find us on."""
        return self._link.lasting_channel

    def health(self) -> dict:
        """Return how the Wi-Fi is doing."""
        if self.mode == OFF:
            return {}
        wifi: dict = {"mode": self.mode, "state": self.state, "ip": self.address()}
        if self._station.isconnected():  # it may be lost and we not know it yet
            wifi["rssi"] = self._station.status("rssi")
        wifi["ssid"] = self.ssid
        if self.problem:
            wifi["problem"] = self.problem
        return {"wifi": wifi}

    def address(self) -> str:
        """Return the address a browser would use, "" without one."""
        if self.state == CONNECTED:
            return self._station.ifconfig()[0]
        return self._point.ifconfig()[0] if self.point_open else ""

    async def run(self, pulse) -> None:
        """Do what the options ask for, until they change."""
        while True:
            pulse.beat()
            self._changed.clear()
            self.problem = ""
            if self.mode == STATION:
                await self._stay_connected(pulse)
            else:
                await self._stay_alone(pulse)

    async def _stay_alone(self, pulse) -> None:
        """Without a network of others the channel is ours to choose."""
        if self._touched or self.mode == ACCESS_POINT:
            self._settle(self._options["channel"])
        if self.mode == ACCESS_POINT:
            self._open_point()
        else:
            self._close_point()
        self.state = self.mode
        pulse.rest(self._changed.is_set)
        await self._changed.wait()

    async def _stay_connected(self, pulse) -> None:
        """Connect, watch, and connect again with growing pauses."""
        tries = 0
        while not self._changed.is_set():
            if await self._connect(pulse):
                tries = 0
                await self._watch(pulse)
            self._settle(self._home)
            tries += 1
            if tries == FALLBACK_TRIES:
                self._log.warning("Wi-Fi: still none, opening the access point meanwhile")
                self._open_point()
            await self._pause(pulse, PAUSES_S[min(tries, len(PAUSES_S)) - 1])

    async def _connect(self, pulse) -> bool:
        """Try once; while it lasts, the channel is the driver's."""
        ssid = self._options["wifi_ssid"]
        if not ssid:
            self._say_why(ssid, 0)
            return False
        self.state = CONNECTING
        self._link.home = self._home
        try:
            self._station.config(reconnects=0)  # pyright: ignore[reportArgumentType]
            self._station.connect(ssid, self._options["wifi_password"] or None)
            for _ in range(CONNECT_MS // CONNECTING_LOOK_MS):
                if self._station.status() != _CONNECTING or self._changed.is_set():
                    break
                pulse.beat()
                await asyncio.sleep_ms(CONNECTING_LOOK_MS)
            if self._station.isconnected():
                self._station.config(pm=NO_PM)
                self._arrived(ssid)
                return True
            self._say_why(ssid, self._station.status())
        except (OSError, ValueError) as error:
            self._link.faults += 1
            self._say_why(ssid, error)
        finally:
            self._link.home = 0
        return False

    def _arrived(self, ssid: str) -> None:
        self.state = CONNECTED
        self.problem = ""
        self._close_point()
        self._home = self._link.channel
        self._log.info(f"Wi-Fi: {ssid}, {self.address()}, channel {self._home}")

    async def _watch(self, pulse) -> None:
        """Wait for the end of the connection; the access point may take us along to another channel."""
        while self._station.isconnected() and not self._changed.is_set():
            pulse.beat()
            channel = self._link.channel
            if channel != self._home:
                self._home = channel
                self._log.info(f"Wi-Fi: now on channel {channel}")
            await asyncio.sleep_ms(LOOK_MS)
        if not self._changed.is_set():
            self._say_why(self._options["wifi_ssid"], self._station.status())

    async def _pause(self, pulse, seconds: int) -> None:
        self.state = WAITING
        await asyncio.sleep_ms(0)
        for _ in range(seconds):
            if self._changed.is_set():
                return
            pulse.beat()
            await asyncio.sleep_ms(1000)

    def _settle(self, channel: int) -> None:
        """Leave the driver's search for good and stay where we can be found."""
        self._home = channel
        if self._station.isconnected() or self._station.status() == _CONNECTING:
            self._station.disconnect()
        self._link.set_channel(channel)

    def _open_point(self) -> None:
        if self.point_open and self.point_password:
            return
        try:
            self.point_password = access_point.start(self._point, self.point_ssid, self._home)
        except (OSError, ValueError) as error:
            self._log.fault("access point", error)
            return
        # Its password is on the display and nowhere else.
        self._log.info(f"Wi-Fi: access point {self.point_ssid}, channel {self._home}")

    def _close_point(self) -> None:
        if self.point_open:
            self._point.active(False)
            self._log.info("Wi-Fi: access point closed")

    def _say_why(self, ssid: str, reason) -> None:
        """Log why there is no connection, once for each reason."""
        text = _REASONS.get(reason, str(reason)) if ssid else "no network name set"
        if text != self.problem:
            self.problem = text
            self._log.warning(f"Wi-Fi: {ssid}: {text}, staying on channel {self._home}")

    def _note_change(self, names) -> None:
        if any(name.startswith("wifi_") or name == "channel" for name in names):
            self._touched = True
            self._changed.set()
