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
Source of the checks: reference/instant-readout.md section 9.
"""

from math import log

from .advertisement import nonce
from .aes import key_stream
from .errors import KeyMismatch, KeyWrongLength, ProtocolError
from .instant_readout import check, check_key
from .plausibility import RULES, fits, spare_bits_set
from .records import RECORDS, is_encrypted, read

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
    """The running verdict on one key of one device, fed with its frames in order."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 16:
            raise KeyWrongLength
        self.key = key
        self.score = 0.0
        self.verdict = "undecided"
        self.mismatched = False
        self.spotless = True  # no check has failed yet
        self._nonces: "set[int]" = set()
        self._before: "_Evidence | None" = None

    def feed(self, md: bytes) -> str:
        """The verdict after one more frame; frames that tell nothing change nothing."""
        record_type = _judged_type(md)
        if record_type < 0 or nonce(md) in self._nonces or self.mismatched:
            return self.verdict
        self._nonces.add(nonce(md))
        try:
            check_key(md, self.key)
        except KeyMismatch:
            self.mismatched = True
            self.spotless = False
            self.verdict = "wrong"
            return self.verdict
        evidence = _Evidence(record_type, md, self.key)
        bits = evidence.bits + evidence.agreement(self._before)
        self._before = evidence
        self.spotless = self.spotless and evidence.spotless
        bits = max(_LEAST_PER_FRAME, min(_MOST_PER_FRAME, bits))
        self.score = max(WRONG, min(RIGHT, self.score + bits))
        if self.score == RIGHT:
            self.verdict = "right"
        elif self.score == WRONG:
            self.verdict = "wrong"
        return self.verdict


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
        _, length, spare, fields = RECORDS[record_type]
        if spare and len(md) - 8 == length:
            self._count(spare_bits_set(whole, length, record_type), spare)
        for field in fields:
            name = field[0]
            if name in RULES:
                fitting = fits(record_type, name, self.values[name])  # type: ignore[arg-type]
                self._count(fitting, _rarity(record_type, field))

    def agreement(self, before: "_Evidence | None") -> float:
        """What it adds that this frame continues the one before."""
        if before is None or before.record_type != self.record_type:
            return 0.0
        status = [name for name in _STATUS if name in self.values]
        bits = 0.0
        if status and all(self.values[name] == before.values[name] for name in status):
            bits = _SAME_STATUS
        if self.spotless and before.spotless:
            bits += self._voltage_agreement(before)
        return bits

    def _voltage_agreement(self, before: "_Evidence") -> float:
        """A battery moves by less than about 1 V per second, and a nonce is a second."""
        seconds = min(self.nonce - before.nonce & 0xFFFF, before.nonce - self.nonce & 0xFFFF)
        bits = _NEXT_VOLTAGE - _bit_length(seconds - 1)
        for name in _VOLTAGES:
            now, then = self.values.get(name), before.values.get(name)
            if isinstance(now, int) and isinstance(then, int) and bits > 0:
                if abs(now - then) <= 100 * seconds:
                    return bits
                self.spotless = False
                return _FAILED
        return 0.0

    def _count(self, passed: bool, bits: float) -> None:
        self.bits += bits if passed else _FAILED
        self.spotless = self.spotless and passed


class KeyRepair:
    """Finds the missing digit of a key typed with 31: feed frames until `key` is there.

    Every candidate is judged. One that never failed a check beats those that did; only if none is
    spotless (an odd frame) do the verdicts alone decide. `key` is offered when a single candidate
    is left and judged "right", which takes at least two nonces.
    """

    def __init__(self, digits31: str) -> None:
        digits = digits31.lower()
        if len(digits) != 31 or not all(digit in "0123456789abcdef" for digit in digits):
            raise KeyWrongLength(digits)
        texts = {digits[:at] + new + digits[at:] for at in range(32) for new in "0123456789abcdef"}
        self._judges = [Judge(bytes.fromhex(text)) for text in sorted(texts)]

    @property
    def candidates(self) -> int:
        """How many keys are still possible; 0: the digits are not of this device's key."""
        return len(self._left())

    @property
    def key(self) -> "bytes | None":
        """The repaired key, None while it is not certain."""
        left = self._left()
        return left[0].key if len(left) == 1 and left[0].verdict == "right" else None

    def feed(self, md: bytes) -> None:
        """Judge all candidates by one more frame."""
        for judge in self._judges:
            judge.feed(md)
        # The check byte never changes its mind, the rest may.
        self._judges = [judge for judge in self._judges if not judge.mismatched]

    def _left(self) -> "list[Judge]":
        spotless = [judge for judge in self._judges if judge.spotless]
        return spotless or [judge for judge in self._judges if judge.verdict != "wrong"]


def judge_key(frames, key: bytes) -> str:  # type: ignore[no-untyped-def]
    """Tell "right", "wrong" or "undecided" from one device's frames in order of reception.

    One frame with another check byte makes the key wrong: collect anew after a PIN change.
    """
    judge = Judge(key)
    for md in frames:
        judge.feed(md)
    return judge.verdict


def repair_key(frames, digits31: str) -> "bytes | None":  # type: ignore[no-untyped-def]
    """The whole key, if the frames leave exactly one candidate."""
    repair = KeyRepair(digits31)
    for md in frames:
        repair.feed(md)
    return repair.key


def _judged_type(md: bytes) -> int:
    """The record type of a frame that says something about a key, -1 for all others."""
    try:
        record_type, _ = check(md)
    except ProtocolError:
        return -1
    return record_type if is_encrypted(record_type) else -1


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
        scale: int = 10 ** form[4]
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
