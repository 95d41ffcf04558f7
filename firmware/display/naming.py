"""What the user calls a device or a board, in letters that the OLED's font has.

The names themselves stay as they are: the node's web page has all letters.
"""

from node.borrowed import Borrowed
from node.mac_text import plain


def name_of(face, mac: bytes) -> str:
    """Return the name, or the end of the address of a stranger."""
    name = face.keys.name_of(mac)
    if mac == face.app.radio.mac:
        name = face.app.name
    node = face.nodes.nodes.get(mac) if face.nodes else None
    if node and node.state:
        with Borrowed("protocol.radio_state") as radio_state:
            name = radio_state.unpack_state(node.state)["name"]
    if all(" " <= one <= "~" for one in name):
        return name or plain(mac)[-4:]
    with Borrowed("display.plain_letters") as letters:
        return letters.plain(name)
