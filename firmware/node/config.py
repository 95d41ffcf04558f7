"""The node's provisioning: its role, name and radio key. Secrets go in and are never read out."""

from node import json_file
from node.borrowed import Borrowed, seldom
from protocol.errors import ProtocolError

PATH = "config.json"


class BadSetting(ProtocolError):
    """A value from the host that cannot be used; `reason` names the field."""

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
        self.seed = 0  # the epoch that the host's clock gave
        self.problem = ""
        self.withheld = False  # there is a key, but nothing may be sent with it
        self._path = path
        self._load()

    @property
    def provisioned(self) -> bool:
        """Tell whether there is a key to speak with."""
        return self.key is not None and not self.withheld

    @seldom
    def provision(self, settings: dict) -> None:
        """Check the settings, store them, then use them."""
        with Borrowed("node.provisioning") as provisioning:
            checked = provisioning.checked(self.role, settings)
            # A node of another site, or of another owner: see finish_move.
            is_other = self.key is not None and self.key != provisioning.key_of(checked)
            checked["moved"] = is_other or self.problem == "bad_role"
            json_file.save(self._path, checked)
            self._use(checked, provisioning)
        self.problem = ""

    def finish_move(self) -> bool:
        """Remove what a former site has left behind; after a power cut it is done again at the next start."""
        if not self._moved:
            return False
        with Borrowed("node.provisioning") as provisioning:
            provisioning.forget_former_site(self._path)
        self._moved = False
        return True

    def _load(self) -> None:
        """Take what the file holds, or stay unprovisioned and say why."""
        content, self.problem = json_file.load(self._path)
        self._moved = bool(content.get("moved"))
        if not content:
            return
        with Borrowed("node.provisioning") as provisioning:
            try:
                self._use(provisioning.checked(self.role, content), provisioning)
            except BadSetting as error:
                self.problem = error.reason

    @seldom
    def _use(self, checked: dict, provisioning) -> None:
        """Take over settings that passed the check."""
        self.name = checked["name"]
        self.seed = checked["epoch"]
        self.site_tag = checked.get("site_tag", 0)
        self.key = provisioning.key_of(checked)
