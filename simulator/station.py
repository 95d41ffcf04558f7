"""The station of one board: connecting, losing its access point, sleeping between beacons.

Sources: ports/esp32/network_wlan.c (states, reconnects), esp_wifi.h (esp_wifi_set_inactive_time: a station
is disconnected after 6 s without beacon; wifi_scan_time_t: 120 ms on each channel), esp-idf Kconfig
(ESP_WIFI_SLP_DEFAULT_WAIT_BROADCAST_DATA_TIME 15 ms), docs/library/espnow.rst.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from .timeline import Event

if TYPE_CHECKING:
    from .access_point import AccessPoint
    from .node import Node

CHANNELS = range(1, 14)
BEACON_TIMEOUT_US = 6_000_000
_DWELL_US = 120_000
_HOME_DWELL_US = 30_000  # a connected station that scans comes home between two channels
_ASSOCIATION_US = 150_000
_DHCP_US = 800_000
_REFUSED_US = 3_000_000  # the four-way handshake runs into its time-out
_AWAKE_US = 15_000

IDLE = 1000
CONNECTING = 1001
GOT_IP = 1010
LEFT = 8  # WIFI_REASON_ASSOC_LEAVE
BEACON_TIMEOUT = 200
NO_AP_FOUND = 201
AUTH_FAIL = 202

PM_NONE = 0
PM_PERFORMANCE = 1
_BEACONS = {PM_PERFORMANCE: 1, 2: 3}  # wakes for each DTIM; PM_POWERSAVE for each third beacon


class Station:
    """What the Wi-Fi driver of one board does by itself."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._next: Event | None = None
        self._beacons_over: Event | None = None
        self._visit: Event | None = None  # of a scan that the program waits for
        self.reset()

    def reset(self, keep_wifi: bool = False) -> None:
        """Be as after power-on; a soft reset leaves the driver alone."""
        if self._visit is not None:
            self._visit.cancel()
        self._scanning = False
        if keep_wifi:
            return
        self._cancel()
        self.access_point: AccessPoint | None = None  # associated
        self.has_ip = False
        self.power_mode = PM_PERFORMANCE
        self.reconnects = -1
        self._requested = False
        self._retries = 0
        self._reason = 0
        self._ssid = self._key = ""

    # what the program asks for

    def connect(self, ssid: str | None, key: str | None) -> bool:
        """Begin; False while another attempt runs."""
        if self._busy:
            return False
        if ssid is not None:
            self._ssid, self._key = ssid, key or ""
        self._leave()
        self._retries = 0
        self._requested = True
        self._search()
        return True

    def disconnect(self) -> None:
        """Leave, and do not come back by itself."""
        self._requested = False
        if self.access_point or self._busy:
            self._reason = LEFT
        self._leave()

    @property
    def status(self) -> int:
        """Return WLAN.status()."""
        if self.has_ip:
            return GOT_IP
        if self._requested and (self.reconnects < 0 or self._retries <= self.reconnects):
            return CONNECTING
        return self._reason or IDLE

    @property
    def owns_channel(self) -> bool:
        """Tell whether the program may not choose the channel: connecting or connected."""
        return self._busy or self.access_point is not None

    def scan(self, done: Callable[[list[AccessPoint]], None]) -> None:
        """Visit every channel, then tell who was there; in between the channel is another one."""
        if self._busy:
            done([])  # the driver refuses, and the port returns an empty list
            return
        home = self._node.radio.channel
        dwell = _DWELL_US + (_HOME_DWELL_US if self.access_point else 0)
        found: list[AccessPoint] = []
        self._scanning = True

        def visit(channel: int) -> None:
            self._tune(channel)
            found.extend(one for one in self._audible() if one.channel == channel)
            after = channel + 1
            then = (lambda: visit(after)) if after in CHANNELS else over
            self._visit = self._after(dwell, then)

        def over() -> None:
            self._scanning = False
            self._tune(home)
            done(found)

        visit(CHANNELS[0])

    # what the driver does

    @property
    def _busy(self) -> bool:
        return self._next is not None and self._next.callback is not None

    def _search(self) -> None:
        """Look on each channel for the network; the fast scan ends with the first found."""
        home = self._node.radio.channel
        self._node.tell("wifi", state="searching")

        def visit(channel: int) -> None:
            self._tune(channel)
            self._next = self._after(_DWELL_US, lambda: leave(channel))

        def leave(channel: int) -> None:
            for one in self._audible():
                if one.channel == channel and one.ssid == self._ssid:
                    self._join(one)
                    return
            if channel + 1 in CHANNELS:
                visit(channel + 1)
                return
            self._tune(home)
            self._lost(NO_AP_FOUND)

        visit(CHANNELS[0])

    def _join(self, access_point: AccessPoint) -> None:
        if access_point.key != self._key:
            self._next = self._after(_REFUSED_US, lambda: self._lost(AUTH_FAIL))
            return

        def associated() -> None:
            self.access_point = access_point
            self._next = self._after(_DHCP_US, got_ip)
            self.look_for_beacons()

        def got_ip() -> None:
            self.has_ip = True
            self._retries = 0
            self._reason = 0
            self._node.tell("wifi", state="connected", channel=access_point.channel)

        self._next = self._after(_ASSOCIATION_US, associated)

    def look_for_beacons(self) -> None:
        """Notice silence only after the time-out; beacons that come back in time make it undone."""
        one = self.access_point
        hears = one is not None and one in self._audible()
        hears = hears and one is not None and one.channel == self._node.radio.channel
        if one is None or hears:
            if self._beacons_over is not None:
                self._beacons_over.cancel()
                self._beacons_over = None
        elif self._beacons_over is None:
            self._beacons_over = self._after(BEACON_TIMEOUT_US, lambda: self._lost(BEACON_TIMEOUT))

    def follow(self, before: int) -> None:
        """Go with an access point that has announced its move."""
        if self._node.radio.channel == before and self.access_point is not None:
            self._tune(self.access_point.channel)

    def is_asleep(self, now_us: int) -> bool:
        """Tell whether the radio sleeps between two beacons."""
        beacons = _BEACONS.get(self.power_mode)
        if self.access_point is None or beacons is None or self._scanning:
            return False
        return not self.access_point.is_sending_beacon(now_us, _AWAKE_US, beacons)

    def _lost(self, reason: int) -> None:
        self._leave()
        self._reason = reason
        self._node.tell("wifi", state="lost", reason=reason)
        if not self._requested:
            return
        self._retries += 1
        if self.reconnects < 0 or self._retries <= self.reconnects:
            self._search()

    def _leave(self) -> None:
        self._cancel()
        self.access_point = None
        self.has_ip = False

    def _cancel(self) -> None:
        for event in (self._next, self._beacons_over):
            if event is not None:
                event.cancel()
        self._next = self._beacons_over = None

    def _audible(self) -> list[AccessPoint]:
        world = self._node.world
        return [
            one
            for one in world.access_points
            if one.on and world.air.can_hear(one.name, self._node.name)
        ]

    def _tune(self, channel: int) -> None:
        if channel != self._node.radio.channel:
            self._node.tell("channel", channel=channel)
        self._node.radio.channel = channel

    def _after(self, delay_us: int, callback: Callable[[], object]) -> Event:
        return self._node.world.timeline.after(delay_us, callback)
