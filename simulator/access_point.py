"""A Wi-Fi access point: what stations look for, and what moves to another channel without asking them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

_BSSID = bytes.fromhex("02A9010000")
_BEACON_US = 102_400


class AccessPoint:
    """One access point; change it and the stations find out as they do."""

    def __init__(
        self, world: World, ssid: str = "home", key: str = "password", channel: int = 6
    ) -> None:
        self.name = f"access point {ssid}"  # for places
        self.ssid = ssid
        self.key = key
        self.channel = channel
        self.bssid = _BSSID + bytes([len(world.access_points) + 1])
        self.on = True
        self.announces = False  # switch announcements (802.11h), which stations follow at once
        self._world = world
        world.access_points.append(self)

    def move(self, channel: int) -> None:
        """Go to another channel, as an automatic choice of channel does at night."""
        before, self.channel = self.channel, channel
        self._world.tell("access_point", ssid=self.ssid, channel=channel)
        for node in self._world.nodes:
            if self.announces and node.station.access_point is self and self.on:
                node.station.follow(before)
        self._tell_stations()

    def move_after(self, seconds: float, channel: int) -> None:
        """Move at a time."""
        self._world.timeline.after(round(seconds * 1e6), lambda: self.move(channel))

    def switch(self, on: bool) -> None:
        """Switch on or off."""
        self.on = on
        self._world.tell("access_point", ssid=self.ssid, on=on)
        self._tell_stations()

    def is_sending_beacon(self, now_us: int, awake_us: int, every: int) -> bool:
        """Tell whether a station that wakes for each `every`th beacon is awake now."""
        return now_us % (_BEACON_US * every) < awake_us

    def _tell_stations(self) -> None:
        for node in self._world.nodes:
            node.station.look_for_beacons()
