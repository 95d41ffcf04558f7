"""A model on the air: envelope, key and nonce, and what people do to the device."""

from collections.abc import Callable
from random import Random

from ..envelope import seal_envelope
from .encode import Value, encode
from .model import Model, mask_of

_PREFIX = 0x10
_BUSY = 0x80  # bit 7 of byte 1
_FLIP = 0.02  # of the seconds, on devices where byte 1 comes and goes


def key_for(name: str, number: int = 0) -> bytes:
    """Return a made-up key; the same name has the same key in every run."""
    return Random(f"key {number} of {name}").randbytes(16)


def address_for(name: str) -> bytes:
    """Return a made-up static random address."""
    made_up = Random(f"address of {name}").randbytes(6)
    return bytes([made_up[0] | 0xC0]) + made_up[1:]


class Advertiser:
    """One device; the source asks it for a message every second."""

    def __init__(
        self, name: str, model: Model, random: Random, *, product: int, address: bytes,
        key: bytes, rssi: int = -70, ours: bool = True, unavailable: tuple[str, ...] = (),
        garbage: bool = True,
    ) -> None:  # fmt: skip
        self.name = name
        self.model = model
        self.address = address
        self.key = key
        self.rssi = rssi
        self.ours = ours  # whether the owner knows the key
        self.md = b""
        self.payload: bytes | None = None
        self.values: dict[str, Value] = {}
        self.nonce = random.getrandbits(16)
        self.on_changed: Callable[[str], object] = lambda what: None
        self._product = product
        self._random = random
        self._unavailable = unavailable
        self._garbage = garbage  # whether it sends some when it loses power
        self._keys = 0
        self._phone = False
        self._switched_on = True
        self._alive = True
        self._dark = False
        self._read_at = model.plant.when
        self.next_second()

    @property
    def device(self) -> Advertiser:
        """Return itself: the source's players have a device."""
        return self

    @property
    def silent(self) -> bool:
        """Tell whether nothing is on the air."""
        return self._phone or self._dark

    # what it sends

    def next_second(self) -> None:
        """Go on to the next message; the values are read anew when the plant has gone on."""
        powered = self._switched_on and self.model.powered
        if not powered:
            self._fade()
            return
        if not self._alive:
            self._alive, self._dark = True, False
            self.nonce = self._random.getrandbits(16)
            self.on_changed("power_on")
        self.nonce = self.nonce + 1 & 0xFFFF
        if self.model.plant.when != self._read_at or not self.values:
            self._read()
        assert self.payload is not None
        self._seal(self.payload)

    def _read(self) -> None:
        self._read_at = self.model.plant.when
        values = self.model.values()
        self.values = {
            name: None if name in self._unavailable else one for name, one in values.items()
        }
        self.payload = encode(self.model.record_type, self.values)

    def _fade(self) -> None:
        """Losing power, a device repeats its last nonce with garbage, then is silent.

        Seen on a real one: naugehyde/bt-sensors-plugin-sk PR #170.
        """
        was_alive, self._alive = self._alive, False
        if was_alive:
            self.on_changed("power_off")
        if not was_alive or self.payload is None or not self._garbage:
            self._dark = True
            return
        rest = self._random.randbytes(len(self.payload) - 1)
        self._seal(b"\xff" + rest)

    def _seal(self, payload: bytes) -> None:
        flipped = self.model.flips and self._random.random() < _FLIP
        byte1 = self.model.byte1 | (_BUSY if flipped else 0)
        head = bytes([_PREFIX, byte1]) + self._product.to_bytes(2, "little")
        template = head + bytes([self.model.record_type])
        self.md = seal_envelope(template, self.key, self.nonce, payload)

    # what happens to it

    def connect_phone(self) -> None:
        """Stop advertising while somebody looks at it; the nonce goes on."""
        self._phone = True

    def disconnect_phone(self) -> None:
        """Advertise again."""
        self._phone = False

    def new_key(self) -> None:
        """Change the PIN: a new random key, also when the PIN is the old one."""
        self._keys += 1
        self.key = key_for(self.name, self._keys)

    def reboot(self) -> None:
        """Restart: the counter begins anywhere."""
        self.nonce = self._random.getrandbits(16)

    def switch_off(self) -> None:
        """Lose power."""
        self._switched_on = False

    def switch_on(self) -> None:
        """Have power again."""
        self._switched_on = True

    def raise_alarm(self, *names: str) -> None:
        """Set alarm bits, several at once if it likes."""
        self.model.raised |= mask_of(names)

    def clear_alarm(self) -> None:
        """Take back what `raise_alarm` set."""
        self.model.raised = 0

    def fail(self, error: int) -> None:
        """Show an error; a charger stops, 0 mends it."""
        self.model.error = error
