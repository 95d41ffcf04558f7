"""The epoch: 32 bits in flash that only rise, so that no frame of an earlier life passes as new.

It is raised and committed before the first send of a boot. A host's clock seeds it at provisioning,
which puts a board with erased flash ahead of its own past. The number of starts lies beside it.
"""

import esp32

NAMESPACE = "node"
KEY = "epoch"
STARTS = "boots"
HIGHEST = 0xFFFFFFFF
NOT_FOUND = -4354  # ESP_ERR_NVS_NOT_FOUND; any other error says nothing about what was written


class Epoch:
    """The stored number and the only two ways to raise it."""

    def __init__(self, floor: int = 0) -> None:
        self._flash = esp32.NVS(NAMESPACE)
        stored = self._read(KEY)
        self.lost = bool(floor) and stored < floor  # flash was erased since the provisioning
        self.value = max(stored, floor)
        self.boots = self._read(STARTS)

    def start(self) -> None:
        """Count a start and begin a new epoch, in one commit."""
        self.boots += 1
        self._flash.set_i32(STARTS, self.boots & 0x7FFFFFFF)
        self.raise_above(0)

    def raise_above(self, floor: int) -> None:
        """Store a number above both the present one and `floor`; it counts once it is in flash."""
        self._write(max(self.value, floor) + 1)

    def seed(self, number: int) -> None:
        """Start from the host's number, never from a lower one than before."""
        self._write(max(self.value + 1, number))

    def _read(self, key: str) -> int:
        """Return what was written last, 0 for never; an error must not pass for "never"."""
        try:
            return self._flash.get_i32(key) & HIGHEST
        except OSError as error:
            if error.errno == NOT_FOUND:
                return 0
            raise

    def _write(self, number: int) -> None:
        if number > HIGHEST:  # 136 years of seconds; wrapping would lock the node out for ever
            raise ValueError("epoch is used up")
        signed = number - (1 << 32) if number > 0x7FFFFFFF else number  # NVS knows i32 only
        self._flash.set_i32(KEY, signed)
        self._flash.commit()
        self.value = number
