"""Which devices a dialog is about: those that were ticked, those that were pasted, each with the key it was given."""

from collections.abc import Iterable

from .nearby import Nearby
from .pasted import Pasted, UnreadableError, read
from .protocol.keys import parse_mac

CONF_DEVICES = "devices"
CONF_PASTE = "paste"


class NotChosenError(Exception):
    """Nothing can be made of the choice: which field is wrong, why, and the words that say so."""

    def __init__(self, field: str, error: str, **words: str) -> None:
        """Remember what the form is to show."""
        super().__init__(field, error)
        self.field = field
        self.error = error
        self.words = words


async def async_chosen(nearby: Nearby, ticked: Iterable[str], text: str) -> list[Pasted]:
    """Return the new devices among what was chosen, or raise NotChosenError."""
    macs = [parse_mac(one) for one in ticked]
    found = {mac: Pasted(mac) for mac in macs}
    for one in _pasted(text):
        mac = one.mac or await nearby.async_whose(one.digits, macs)
        if not mac:
            raise NotChosenError(CONF_PASTE, "key_of_nobody", used=one.digits[:2].upper())
        kept = found.setdefault(mac, Pasted(mac))
        kept.digits = one.digits or kept.digits
    if not found:
        raise NotChosenError("base", "nothing_chosen")
    known = {mac: subentry for mac in found if (subentry := nearby.configured(mac))}
    if len(known) == len(found):
        names = ", ".join(subentry.title for subentry in known.values())
        raise NotChosenError("base", "already_configured", name=names)
    return [one for mac, one in found.items() if mac not in known]


def _pasted(text: str) -> list[Pasted]:
    try:
        return read(text)
    except UnreadableError as err:
        raise NotChosenError(
            CONF_PASTE, "unreadable", line=str(err.line), digits=str(err.digits)
        ) from err
