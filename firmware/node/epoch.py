"""The epoch: 32 bits in flash that only rise, so that no frame of an earlier life passes as new.

It is raised and committed before the first send of a boot. A host's clock seeds it at provisioning,
which puts a board with erased flash ahead of its own past.
"""

import esp32

NAMESPACE = "node"
KEY = "epoch"
HIGHEST = 0xFFFFFFFF


class Epoch:
    """The stored number and the only two ways to raise it."""

    def __init__(self) -> None:
        self._flash = esp32.NVS(NAMESPACE)
        self.value = self._read()

    def raise_above(self, floor: int) -> None:
        """Store a number above both the present one and `floor`; it counts once it is in flash."""
        self._write(max(self.value, floor) + 1)

    def seed(self, number: int) -> None:
        """Start from the host's number, never from a lower one than before."""
        self._write(max(self.value + 1, number))

    def _read(self) -> int:
        try:
            return self._flash.get_i32(KEY) & HIGHEST
        except OSError:  # never written
            return 0

    def _write(self, number: int) -> None:
        if number > HIGHEST:  # 136 years of seconds; wrapping would lock the node out for ever
            raise ValueError("epoch is used up")
        signed = number - (1 << 32) if number > 0x7FFFFFFF else number  # NVS knows i32 only
        self._flash.set_i32(KEY, signed)
        self._flash.commit()
        self.value = number
