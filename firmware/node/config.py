"""The node's provisioning: its role, name and radio key. Secrets go in and are never read out."""

import binascii

from node import json_file
from protocol.errors import ProtocolError

PATH = "config.json"
MAX_NAME = 32  # bytes; as escapes in a hello they become three times as many
KEY_BYTES = 16

# role -> name of its secret in the provision command and in the file
SECRETS = {"display": "site_key", "sensor": "node_key"}


class BadSetting(ProtocolError):
    """A provisioning that cannot be used; `reason` names the field."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.reason = "bad_" + field


class Config:
    """What was provisioned; without it the node is silent on the radio."""

    def __init__(self, role: str, path: str = PATH) -> None:
        self.role = role
        self.name = ""
        self.key = None
        self.site_tag = 0
        self.problem = ""
        self._path = path
        self._load()

    @property
    def provisioned(self) -> bool:
        """Tell whether there is a key to speak with."""
        return self.key is not None

    def provision(self, settings: dict) -> None:
        """Check the settings, store them, then use them."""
        checked = self._checked(settings)
        json_file.save(self._path, checked)
        self._use(checked)
        self.problem = ""

    def _load(self) -> None:
        """Take what the file holds, or stay unprovisioned and say why."""
        content, self.problem = json_file.load(self._path)
        if not content:
            return
        try:
            self._use(self._checked(content))
        except BadSetting as error:
            self.problem = error.reason

    def _checked(self, settings: dict) -> dict:
        """Return only the known settings, each of them valid."""
        if settings.get("role") != self.role:
            raise BadSetting("role")
        secret = SECRETS[self.role]
        checked: dict = {
            "role": self.role,
            "name": _name(settings.get("name", "")),
            secret: _key(settings.get(secret), secret),
        }
        if self.role == "sensor":  # the display node derives the tag from the site key
            checked["site_tag"] = _site_tag(settings.get("site_tag"))
        return checked

    def _use(self, checked: dict) -> None:
        """Take over settings that passed the check."""
        self.name = checked["name"]
        self.site_tag = checked.get("site_tag", 0)
        self.key = binascii.unhexlify(checked[SECRETS[self.role]])


def _name(value: object) -> str:
    if not isinstance(value, str) or len(value.encode()) > MAX_NAME:
        raise BadSetting("name")
    return value


def _key(value, field: str) -> str:
    try:
        if len(binascii.unhexlify(value)) == KEY_BYTES:
            return value
    except (TypeError, ValueError):
        pass
    raise BadSetting(field)


def _site_tag(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 0xFFFF:
        raise BadSetting("site_tag")
    return value
