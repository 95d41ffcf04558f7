"""Where the display node was last: its address and channel, kept over a restart."""

import binascii

from node import json_file
from node.borrowed import seldom
from node.mac_text import plain

PATH = "home.json"


class Home:
    """Written only when it changes, which is when somebody moves the display node's channel."""

    def __init__(self, path: str = PATH) -> None:
        self._path = path
        self.mac = None
        self.channel = 0
        content, _ = json_file.load(path)
        try:
            mac = binascii.unhexlify(content.get("mac", ""))
        except (TypeError, ValueError):
            return
        channel = content.get("channel")
        if len(mac) == 6 and isinstance(channel, int) and 1 <= channel <= 13:
            self.mac = mac
            self.channel = channel

    @property
    def known(self) -> bool:
        """Tell whether there is a display node to send to."""
        return self.mac is not None

    @seldom
    def remember(self, mac: bytes, channel: int) -> None:
        """Note where an authenticated answer came from."""
        if (mac, channel) == (self.mac, self.channel):
            return
        self.mac = mac
        self.channel = channel
        json_file.save(self._path, {"mac": plain(mac), "channel": channel})
