"""Victron keys, names and places, pushed from Home Assistant; the keys are shown to nobody.

The check byte lets one wrong key in 256 pass. So a key is in doubt until frames have proved it
(display/proving.py); that is kept, as it costs some seconds.
"""

from node.borrowed import Borrowed

LAST_PLACE = 255  # protocol/key_digest.py
UNPROVED = "key_unproved"
WRONG = "key_mismatch"


# An entry is one text of bytes, key, place, name: as three objects it would take twice the room.
PLACE_AT = 16
NAME_AT = 17


class Keys:
    """MAC -> entry; what changes and stores them is borrowed (display/key_store.py)."""

    def __init__(self) -> None:
        self.entries = {}
        self.doubts = {}  # MAC -> UNPROVED or WRONG; nothing once its frames have proved the key
        with Borrowed("display.key_store") as store:
            self.problem = store.load(self)

    def key_of(self, mac: bytes):
        """Return the key of a device, None if there is none."""
        entry = self.entries.get(mac)
        return entry[:PLACE_AT] if entry else None

    def name_of(self, mac: bytes) -> str:
        """Return what the user calls the device."""
        entry = self.entries.get(mac)
        return entry[NAME_AT:].decode() if entry else ""

    def place_of(self, mac: bytes) -> int:
        """Return where the user wants the device: the lowest place comes first."""
        entry = self.entries.get(mac)
        return entry[PLACE_AT] if entry else LAST_PLACE

    def __len__(self) -> int:
        """Return how many devices there are keys for."""
        return len(self.entries)
