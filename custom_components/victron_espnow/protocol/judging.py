"""Is this the key? The check byte lets one wrong key in 256 pass; the payloads tell.

Evidence is counted in bits for "right": what a wrong key shows once in 2**n times counts n. The
score starts at 0 and stays between WRONG and RIGHT.

* "right": the score reached RIGHT. A wrong key gets there once in 2**13 times, on top of the 1/256
  of the check byte. No frame counts more than half of that, so it takes two; three for an AC
  charger, more where a record gives little away.
* "wrong": a well-formed frame has another check byte, or the score fell to WRONG.
* "undecided": neither yet. Records without a published layout (GX device, Smart BMS) stay so.

A field that no device would send counts against the key. One odd frame (devices send garbage while
they lose power) never condemns a key, not even as the first one; nor does a code newer than our
lists, as the rest of the record and its constancy outweigh it. A verdict stays until the score
reaches the other end.

Only distinct nonces count, and only well-formed frames of encrypted records: VE.Smart networking,
plaintext records, dongles without data, cut frames and unknown records tell nothing.
Source of the checks: docs/instant-readout.md section 8.
"""

from math import log

from .advertisement import nonce
from .aes import key_stream
from .errors import KeyMismatch, KeyWrongLength, ProtocolError
from .instant_readout import check, check_key
from .plausibility import RULES, fits, spare_bits_set
from .records import RECORDS, fields, is_encrypted, read

RIGHT = 13.0
WRONG = -5.0
_MOST_PER_FRAME = 6.5
_LEAST_PER_FRAME = -4.5
_FAILED = -4.0  # that one check in 16 fails under a right key is a cautious guess
_SAME_STATUS = 4.0  # a wrong key repeats even the smallest status by chance once in 2**8 times
_NEXT_VOLTAGE = 4.0  # ... and stays within 1 V of the last second less than once in 2**4 times

_VOLTAGES = ("battery_voltage_v", "battery_voltage1_v", "output_voltage_v")
_STATUS = (
    "device_state",
    "charger_error",
    "vebus_error",
    "output_state",
    "error",
    "alarm_reason",
    "off_reason",
    "bms_flags",
    "error_flags",
    "io_status",
    "warnings_alarms",
    "aux_mode",
    "monitor_mode",
)

_rarities: "dict[tuple[int, str], float]" = {}


class Judge:
    """The running verdict on one key of one device; `Telling` picks the frames for it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 16:
            raise KeyWrongLength
        self.key = key
        self.score = 0.0
        self.verdict = "undecided"
        self.mismatched = False
        self.spotless = True  # no check has failed yet
        self._before: "tuple[int, int, bool, tuple, int | None] | None" = None  # type: ignore[type-arg]

    def weigh(self, record_type: int, md: bytes) -> None:
        """Let one more frame count."""
        try:
            check_key(md, self.key)
        except KeyMismatch:
            self.mismatched = True
        if self.mismatched:
            self.spotless = False
            self.verdict = "wrong"
            return
        evidence = _Evidence(record_type, md, self.key)
        bits = evidence.bits + evidence.agreement(self._before)
        self._before = evidence.summary()
        self.spotless = self.spotless and evidence.spotless
        bits = max(_LEAST_PER_FRAME, min(_MOST_PER_FRAME, bits))
        self.score = max(WRONG, min(RIGHT, self.score + bits))
        if self.score == RIGHT:
            self.verdict = "right"
        elif self.score == WRONG:
            self.verdict = "wrong"


class Telling:
    """Picks the frames that say something about a key: well-formed, encrypted, each nonce once."""

    def __init__(self) -> None:
        self._nonces: "set[int]" = set()

    def record_type(self, md: bytes) -> int:
        """The record type of such a frame, -1 for all others."""
        try:
            record_type, _ = check(md)
        except ProtocolError:
            return -1
        if not is_encrypted(record_type) or nonce(md) in self._nonces:
            return -1
        self._nonces.add(nonce(md))
        return record_type


class _Evidence:
    """What one frame says about a key with a fitting check byte."""

    def __init__(self, record_type: int, md: bytes, key: bytes) -> None:
        # Not cached: a repair tries hundreds of keys, once each.
        stream = int.from_bytes(key_stream(key, md, False), "little")
        whole = int.from_bytes(bytes(md[8:24]), "little") ^ stream
        self.record_type = record_type
        self.nonce = nonce(md)
        self.values = read(whole, record_type)
        self.spotless = True
        self.bits = 0.0
        length: int = RECORDS[record_type][1]  # type: ignore[assignment]
        spare: int = RECORDS[record_type][2]  # type: ignore[assignment]
        if spare and len(md) - 8 == length:
            self._count(spare_bits_set(whole, length, record_type), spare)
        for field in fields(record_type):
            name = field[0]
            if name in RULES:
                fitting = fits(record_type, name, self.values[name])  # type: ignore[arg-type]
                self._count(fitting, _rarity(record_type, field))

    def summary(self) -> "tuple[int, int, bool, tuple, int | None]":  # type: ignore[type-arg]
        """What the next frame is compared with."""
        status = tuple([self.values[name] for name in _STATUS if name in self.values])
        volts = [self.values[name] for name in _VOLTAGES if self.values.get(name) is not None]
        return self.record_type, self.nonce, self.spotless, status, volts[0] if volts else None  # type: ignore[return-value]

    def agreement(self, before: "tuple[int, int, bool, tuple, int | None] | None") -> float:  # type: ignore[type-arg]
        """What it adds that this frame continues the one before."""
        if before is None or before[0] != self.record_type:
            return 0.0
        _, nonce_before, spotless_before, status_before, volts_before = before
        _, _, _, status, volts = self.summary()
        bits = _SAME_STATUS if status and status == status_before else 0.0
        if volts is None or volts_before is None:
            return bits
        # A battery moves by less than about 1 V per second, and a nonce is a second.
        seconds = min(self.nonce - nonce_before & 0xFFFF, nonce_before - self.nonce & 0xFFFF)
        telling = _NEXT_VOLTAGE - _bit_length(seconds - 1)
        if telling <= 0:
            return bits
        if abs(volts - volts_before) <= 100 * seconds:
            return bits + telling
        if not self.spotless or not spotless_before:
            return bits  # an odd frame is counted once, not again by its neighbour
        self.spotless = False
        return bits + _FAILED

    def _count(self, passed: bool, bits: float) -> None:
        self.bits += bits if passed else _FAILED
        self.spotless = self.spotless and passed


class KeyRepair:
    """Finds the missing digit of a key typed with 31: feed frames until `key` is there.

    Every candidate is judged until it is "wrong". One that never failed a check beats those that
    did; only if none is spotless (an odd frame) do the verdicts alone decide. `key` is offered when
    a single candidate is left and judged "right", which takes at least two nonces.
    """

    def __init__(self, digits31: str) -> None:
        digits = digits31.lower()
        if len(digits) != 31 or not all(digit in "0123456789abcdef" for digit in digits):
            raise KeyWrongLength(digits)
        texts = {digits[:at] + new + digits[at:] for at in range(32) for new in "0123456789abcdef"}
        self._telling = Telling()
        self._judges = [Judge(bytes.fromhex(text)) for text in sorted(texts)]

    @property
    def candidates(self) -> int:
        """How many keys are still possible; 0: the digits are not of this device's key."""
        return self._left()[0]

    @property
    def key(self) -> "bytes | None":
        """The repaired key, None while it is not certain."""
        count, judge = self._left()
        return judge.key if judge and count == 1 and judge.verdict == "right" else None

    def feed(self, md: bytes) -> None:
        """Judge all candidates by one more frame."""
        record_type = self._telling.record_type(md)
        if record_type < 0:
            return
        # In place: on MicroPython the judges leave no gap in the heap for another list of them.
        for at in range(len(self._judges) - 1, -1, -1):
            judge = self._judges[at]
            judge.weigh(record_type, md)
            if judge.verdict == "wrong":
                del self._judges[at]

    def _left(self) -> "tuple[int, Judge | None]":
        """How many candidates are left, and one of them."""
        spotless = any(judge.spotless for judge in self._judges)
        count = 0
        left = None
        for judge in self._judges:
            if judge.spotless or not spotless:
                count += 1
                left = judge
        return count, left


def judge_key(frames, key: bytes) -> str:  # type: ignore[no-untyped-def]
    """Tell "right", "wrong" or "undecided" from one device's frames in order of reception.

    One frame with another check byte makes the key wrong: collect anew after a PIN change.
    """
    judge = Judge(key)
    telling = Telling()
    for md in frames:
        record_type = telling.record_type(md)
        if record_type >= 0:
            judge.weigh(record_type, md)
    return judge.verdict


def repair_key(frames, digits31: str) -> "bytes | None":  # type: ignore[no-untyped-def]
    """The whole key, if the frames leave exactly one candidate."""
    repair = KeyRepair(digits31)
    for md in frames:
        repair.feed(md)
    return repair.key


def _rarity(record_type: int, field: tuple) -> float:  # type: ignore[type-arg]
    """How many bits it is worth that random bits pass the field's rule."""
    found = _rarities.get((record_type, field[0]))
    if found is None:
        found = -log(_share(RULES[field[0]], field[2])) / log(2)
        _rarities[record_type, field[0]] = found
    return found


def _share(rule: "bytes | int | tuple[int, int]", form: tuple) -> float:  # type: ignore[type-arg]
    width: int = form[0]
    patterns = 1 << width
    if isinstance(rule, int):
        return 1.0 / (1 << _ones(rule))
    if isinstance(rule, tuple):
        scale: int = 10 ** form[3]
        top = (patterns >> 1 if form[1] else patterns) - 1
        allowed = min(rule[1] * scale, top) - rule[0] * scale + 1
    else:
        allowed = len(rule)
    if form[2] >= 0:
        allowed += 1  # "not available" passes, too
    return min(1.0, allowed / patterns)


def _ones(mask: int) -> int:
    return sum([mask >> bit & 1 for bit in range(32)])


def _bit_length(number: int) -> int:
    length = 0
    while number > 0:
        number >>= 1
        length += 1
    return length
