"""Our own access point: WPA2 with a password that was made once, by chance, and is shown on the OLED only."""

import os

from network import AUTH_WPA2_PSK

from node import json_file
from node.mac_text import plain

PATH = "access_point.json"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no two that look alike: i l o 0 1
LENGTH = 12  # 59 bits
MOST_SSID = 32


def ssid(name: str, mac: bytes) -> str:
    """Return the network's name: the node's, as far as it is ASCII, and the end of its address."""
    tail = "-" + plain(mac)[-4:]
    plain_name = "".join(one for one in name if " " <= one <= "~").strip()
    return (plain_name or "Victron")[: MOST_SSID - len(tail)] + tail


def password() -> str:
    """Return the password; the first time, make it and keep it."""
    known = json_file.load(PATH)[0].get("password")
    if isinstance(known, str) and len(known) >= LENGTH:
        return known
    made = _random_text()
    json_file.save(PATH, {"password": made})
    return made


def start(point, name: str, channel: int) -> str:
    """Open it, never, not for a moment, without its password; return that."""
    secret = password()
    point.config(ssid=name, security=AUTH_WPA2_PSK, key=secret)
    point.active(True)
    point.config(channel=channel)
    return secret


def _random_text() -> str:
    """Return letters that are all equally likely."""
    text = ""
    most = 256 - 256 % len(LETTERS)
    while len(text) < LENGTH:
        byte = os.urandom(1)[0]
        if byte < most:
            text += LETTERS[byte % len(LETTERS)]
    return text
