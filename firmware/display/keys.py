"""Victron keys and names, pushed from Home Assistant; read by the decoder, shown to nobody.

The check byte lets one wrong key in 256 pass. So a key is in doubt until frames have proved it
(display/proving.py); that is kept, as it costs some seconds.
"""

import binascii

from node import json_file
from node.config import BadSetting
from node.mac_text import plain
from protocol.errors import BadMac, KeyWrongLength, ProtocolError
from protocol.serial_payloads import MAX_NAME

PATH = "keys.json"
MOST_KEYS = 24  # their MACs fit into one line
KEY_BYTES = 16
MAC_BYTES = 6
UNPROVED = "key_unproved"
WRONG = "key_mismatch"


class TooManyKeys(ProtocolError):
    """The store is full; forget one first."""

    reason = "too_many_keys"


class Keys:
    """MAC -> (key, name), in a file that is written only when something changed."""

    def __init__(self, path: str = PATH) -> None:
        self._path = path
        self._entries = {}
        self.doubts = {}  # MAC -> UNPROVED or WRONG; nothing once its frames have proved the key
        content, self.problem = json_file.load(path)
        for mac, entry in content.items():
            try:
                self._entries[mac_of(mac)] = _entry(entry.get("key"), entry.get("name", ""))
                if not entry.get("proved"):
                    self.doubts[mac_of(mac)] = UNPROVED
            except (AttributeError, ProtocolError):
                self.problem = "bad_entry"  # one damaged entry costs only itself

    def command_key(self, args: dict) -> None:
        """Take a key and a name from the host."""
        mac = mac_of(args.get("mac"))
        entry = _entry(args.get("key"), args.get("name", ""))
        if self._entries.get(mac) == entry:
            return
        if mac not in self._entries and len(self._entries) >= MOST_KEYS:
            raise TooManyKeys
        if self.key_of(mac) != entry[0]:
            self.doubts[mac] = UNPROVED
        self._change(mac, entry)

    def forget(self, mac: bytes) -> None:
        """Drop a device's key and name; forgetting a stranger is no error."""
        if mac in self._entries:
            self._change(mac, None)
            self.doubts.pop(mac, None)

    def prove(self, macs: list) -> None:
        """Believe these keys from now on, after a restart as well."""
        for mac in macs:
            self.doubts.pop(mac, None)
        self._save(self._entries)

    def command_devices(self, _args: dict) -> dict:
        """Tell which devices there are keys for."""
        return {"macs": sorted(plain(mac) for mac in self._entries)}

    def key_of(self, mac: bytes):
        """Return the key of a device, None if there is none."""
        entry = self._entries.get(mac)
        return entry[0] if entry else None

    def name_of(self, mac: bytes) -> str:
        """Return what the user calls the device."""
        entry = self._entries.get(mac)
        return entry[1] if entry else ""

    def __len__(self) -> int:
        """Return how many devices there are keys for."""
        return len(self._entries)

    def _change(self, mac: bytes, entry) -> None:
        """Write the changed store, then use it."""
        entries = dict(self._entries)
        if entry:
            entries[mac] = entry
        else:
            del entries[mac]
        self._save(entries)
        self._entries = entries

    def _save(self, entries: dict) -> None:
        json_file.save(
            self._path,
            {
                plain(one): {
                    "key": binascii.hexlify(key).decode(),
                    "name": name,
                    "proved": one not in self.doubts,
                }
                for one, (key, name) in entries.items()
            },
        )


def _bytes(text) -> bytes:
    """Return the bytes of plain hex digits; what people type was tidied up in Home Assistant."""
    try:
        return binascii.unhexlify(text)
    except (TypeError, ValueError):
        return b""


def mac_of(text: object) -> bytes:
    """Return an address from its hex digits."""
    mac = _bytes(text)
    if len(mac) != MAC_BYTES:
        raise BadMac
    return mac


def _entry(key: object, name: object) -> tuple:
    secret = _bytes(key)
    if len(secret) != KEY_BYTES:
        raise KeyWrongLength
    if not isinstance(name, str) or len(name.encode()) > MAX_NAME:
        raise BadSetting("name")
    return secret, name
