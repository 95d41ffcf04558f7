"""Which page comes next; borrowed when one is to be chosen.

First the devices whose keys the node has, as Home Assistant has placed them; then the pages about the system.
"""

from display import naming
from display.readings import kind_of
from display.registry import EXTENDED
from display.summary import BATTERY, CHARGER, OTHER, SOLAR, TABLE, rank

# What a page is about: a device's MAC, or one of these, which are shorter.
NOTHING = b""  # no device to show: its page says why
SYSTEM, NETWORK, SURVEY = b"nodes", b"wifi", b"site"

_MODULES = {
    BATTERY: "display.battery_page",
    SOLAR: "display.source_page",
    CHARGER: "display.source_page",
}
_OTHERS = {
    NOTHING: "display.cause_page",
    NETWORK: "display.network_page",
    SURVEY: "display.survey_page",
    SYSTEM: "display.system_page",
}
_OFF = "off"  # display/wifi.py, which is not there while nobody has asked for it
_UNKNOWN = (OTHER, "", (), "")  # a device that was not heard yet, or of a new kind


def choose(face, step: int, devices_only: bool) -> tuple:
    """Return (module, subject, title, row of the summary) of the page that is so many steps further on."""
    pages = devices(face)
    if not devices_only:
        is_on = face.wifi and face.wifi.state != _OFF
        pages = pages + [SYSTEM] + ([NETWORK] if is_on else []) + [SURVEY]
    place = 0
    if face.subject in pages:
        place = (pages.index(face.subject) + step) % len(pages)
    subject = pages[place]
    if subject in _OTHERS:
        return _OTHERS[subject], subject, "", None
    row = TABLE.get(_type_of(face.registry.devices.get(subject)), _UNKNOWN)
    module = _MODULES.get(row[0], "display.other_page")
    return module, subject, naming.name_of(face, subject), row


def devices(face) -> list:
    """Return the devices that have a page in their order."""
    if not face.nodes or not face.nodes.present():
        return [NOTHING]
    known = face.registry.devices
    found = list(face.keys.entries)
    found += [
        mac
        for mac, device in known.items()
        if device.record_type == EXTENDED and mac not in face.keys.entries
    ]
    found.sort(key=lambda mac: rank(face.keys, mac, _type_of(known.get(mac))))
    return found or [NOTHING]


def _type_of(device) -> int:
    """Return the type of a device's record as the table has it."""
    return kind_of(device.md) if device else -1
