"""Replay ceilings in flash: after a restart no recorded frame passes, whoever recorded it.

One small blob for each node, in NVS: a commit there is atomic, and the flash wears evenly.
"""

import binascii
import struct

import esp32

from node.borrowed import seldom
from protocol.replay import ReplayWindow

NAMESPACE = "replay"
LAYOUT = "<II"


class Ceilings:
    """Reads and writes what a ReplayWindow has to survive."""

    def __init__(self) -> None:
        self._flash = esp32.NVS(NAMESPACE)
        self._blob = bytearray(struct.calcsize(LAYOUT))

    @seldom
    def window(self, mac: bytes) -> ReplayWindow:
        """Return the window of a node as it was left; a new node starts at the bottom."""
        try:
            length = self._flash.get_blob(_key(mac), self._blob)
        except OSError:  # never written
            return ReplayWindow()
        if length != len(self._blob):
            return ReplayWindow()
        return ReplayWindow(*struct.unpack(LAYOUT, self._blob))

    def keep(self, mac: bytes, window: ReplayWindow) -> None:
        """Write the ceiling if one is due; raises OSError when flash refuses it."""
        due = window.to_store
        if due:
            self._write(mac, window, due)

    @seldom
    def _write(self, mac: bytes, window: ReplayWindow, due: tuple) -> None:
        self._flash.set_blob(_key(mac), struct.pack(LAYOUT, *due))
        self._flash.commit()
        window.stored(*due)


def _key(mac: bytes) -> str:
    """Return a name that fits NVS's 15 characters."""
    return binascii.hexlify(mac).decode()
