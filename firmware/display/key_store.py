"""Keys as the host gives them and as the file holds them; borrowed when either changes.

The file is written only when something is new.
"""

import binascii

from display.keys import LAST_PLACE, NAME_AT, PLACE_AT, UNPROVED
from node import json_file
from node.config import BadSetting
from node.mac_text import plain
from protocol.errors import BadMac, KeyWrongLength, ProtocolError
from protocol.key_digest import digest
from protocol.serial_payloads import MAX_NAME

PATH = "keys.json"
MOST_KEYS = 24  # their MACs fit into one line
KEY_BYTES = 16
MAC_BYTES = 6


class TooManyKeys(ProtocolError):
    """The store is full; forget one first."""

    reason = "too_many_keys"


def load(keys) -> str:
    """Take what the file holds; return what was wrong with it, "" if nothing was."""
    content, problem = json_file.load(PATH)
    for text, entry in content.items():
        try:
            mac = mac_of(text)
            keys.entries[mac] = _entry(entry)
            if not entry.get("proved"):
                keys.doubts[mac] = UNPROVED
        except (AttributeError, ProtocolError):
            problem = "bad_entry"  # one damaged entry costs only itself
    return problem


def take(keys, args: dict) -> None:
    """Take a key, a name and a place from the host."""
    mac = mac_of(args.get("mac"))
    entry = _entry(args)
    if keys.entries.get(mac) == entry:
        return
    if mac not in keys.entries and len(keys) >= MOST_KEYS:
        raise TooManyKeys
    if keys.key_of(mac) != entry[:PLACE_AT]:
        keys.doubts[mac] = UNPROVED
    _change(keys, mac, entry)


def forget(keys, mac: bytes) -> None:
    """Drop a device's key and name; forgetting a stranger is no error."""
    if mac in keys.entries:
        _change(keys, mac, None)
        keys.doubts.pop(mac, None)


def prove(keys, macs: list) -> None:
    """Believe these keys from now on, after a restart as well."""
    for mac in macs:
        keys.doubts.pop(mac, None)
    _save(keys, keys.entries)


def told(keys) -> dict:
    """Return which devices there are keys for, and whether they are those that the host knows."""
    held = [(mac, keys.key_of(mac), keys.name_of(mac), keys.place_of(mac)) for mac in keys.entries]
    return {"macs": sorted(plain(mac) for mac in keys.entries), "digest": digest(held)}


def mac_of(text: object) -> bytes:
    """Return an address from its hex digits."""
    mac = _bytes(text)
    if len(mac) != MAC_BYTES:
        raise BadMac
    return mac


def _change(keys, mac: bytes, entry) -> None:
    """Write the changed store, then use it."""
    entries = dict(keys.entries)
    if entry:
        entries[mac] = entry
    else:
        del entries[mac]
    _save(keys, entries)
    keys.entries = entries


def _save(keys, entries: dict) -> None:
    json_file.save(
        PATH,
        {
            plain(one): {
                "key": binascii.hexlify(entry[:PLACE_AT]).decode(),
                "name": entry[NAME_AT:].decode(),
                "place": entry[PLACE_AT],
                "proved": one not in keys.doubts,
            }
            for one, entry in entries.items()
        },
    )


def _bytes(text) -> bytes:
    """Return the bytes of plain hex digits; what people type was tidied up in Home Assistant."""
    try:
        return binascii.unhexlify(text)
    except (TypeError, ValueError):
        return b""


def _entry(fields: dict) -> bytes:
    secret = _bytes(fields.get("key"))
    name = fields.get("name", "")
    place = fields.get("place", LAST_PLACE)
    if len(secret) != KEY_BYTES:
        raise KeyWrongLength
    if not isinstance(name, str) or len(name.encode()) > MAX_NAME:
        raise BadSetting("name")
    if not isinstance(place, int) or not 0 <= place <= LAST_PLACE:
        raise BadSetting("place")
    return secret + bytes((place,)) + name.encode()
