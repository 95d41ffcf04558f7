"""What a provisioning may hold; in memory only while one is stored or loaded."""

import binascii
import os

from node import json_file
from node.config import BadSetting
from protocol.serial_payloads import encode_json

VERSION = 1
MAX_NAME = 32  # bytes
MAX_NAME_IN_JSON = 98  # in a hello, where a letter may need six, and quotes
KEY_BYTES = 16

# role -> name of its secret in the provision command and in the file
SECRETS = {"display": "site_key", "sensor": "node_key"}


def checked(role: str, settings: dict) -> dict:
    """Return only the known settings, each of them valid."""
    if settings.get("version", VERSION) != VERSION:
        raise BadSetting("version")
    if settings.get("role") != role:
        raise BadSetting("role")
    secret = SECRETS[role]
    found: dict = {
        "version": VERSION,
        "role": role,
        "name": _name(settings.get("name", "")),
        "epoch": _whole(settings.get("epoch", 0), 0x7FFFFFFF, "epoch"),
        secret: _key(settings.get(secret), secret),
    }
    if role == "sensor":  # the display node derives the tag from the site key
        found["site_tag"] = _whole(settings.get("site_tag"), 0xFFFF, "site_tag")
    return found


def key_of(found: dict) -> bytes:
    """Return the key of settings that passed the check."""
    return binascii.unhexlify(found[SECRETS[found["role"]]])


def forget_former_site(path: str) -> None:
    """Remove every other file of settings: they, and the secrets in them, belong to the former site."""
    for name in os.listdir():
        if name != path and name.endswith((".json", ".json.new")):
            os.remove(name)
    content, _ = json_file.load(path)
    content.pop("moved", None)
    json_file.save(path, content)


def is_name(value: object) -> bool:
    """Tell whether this can be a node's name."""
    if not isinstance(value, str) or len(value.encode()) > MAX_NAME:
        return False
    return len(encode_json({"": value})) - 5 <= MAX_NAME_IN_JSON


def _name(value) -> str:
    if not is_name(value):
        raise BadSetting("name")
    return value


def _key(value, field: str) -> str:
    try:
        if len(binascii.unhexlify(value)) == KEY_BYTES:
            return value
    except (TypeError, ValueError):
        pass
    raise BadSetting(field)


def _whole(value: object, most: int, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise BadSetting(field)
    return value
