"""What a device's newest frames say about a key that was typed for it, and whose key it is if not its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .pasted import KEY_DIGITS
from .protocol.judging import KeyRepair, judge_key

RIGHT = "right"
REPAIRED = "repaired"  # the missing one of 32 digits was found
WRONG = "wrong"
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Verdict:
    """The key if it is the right one; if it is wrong, the error and the words it is told with."""

    word: str
    key: bytes = b""
    error: str = ""
    words: dict[str, str] = field(default_factory=dict)


def judge(frames: list[bytes], digits: str) -> Verdict:
    """Judge 32 digits, or repair 31: hundreds of keys are tried then, which takes a tenth of a second."""
    return _judge_whole(frames, digits) if len(digits) == KEY_DIGITS else _repair(frames, digits)


def _judge_whole(frames: list[bytes], digits: str) -> Verdict:
    key = bytes.fromhex(digits)
    word = judge_key(frames, key)
    if word != WRONG:
        return Verdict(word, key)
    typed, used = digits[:2], _check_byte(frames)
    error = "wrong_key" if typed != used else "wrong_key_content"
    return Verdict(WRONG, key, error, {"typed": _shown(typed), "used": _shown(used)})


def _repair(frames: list[bytes], digits: str) -> Verdict:
    repair = KeyRepair(digits)
    for frame in frames:
        repair.feed(frame)
    if repair.key:
        return Verdict(REPAIRED, repair.key)
    if repair.candidates:
        return Verdict(UNDECIDED)
    return Verdict(WRONG, b"", "key_31_wrong", {"used": _shown(_check_byte(frames))})


def opens(frames: list[bytes], digits: str) -> bool:
    """Return whether these digits are surely those of this device."""
    return judge(frames, digits).word in (RIGHT, REPAIRED)


def opened_by(digits: str, devices: Iterable[tuple[str, list[bytes]]]) -> str | None:
    """Return which of the devices, each named with its frames, these digits open."""
    return next((name for name, frames in devices if opens(frames, digits)), None)


def is_of_key(digits: str, key: str) -> bool:
    """Return whether these digits are this key's, whole or without one."""
    return digits == key or any(digits == key[:at] + key[at + 1 :] for at in range(len(key)))


def missing(digits: str, key: str) -> tuple[str, int]:
    """Return the digit that 31 digits lack, and its place from 1 on."""
    at = next(i for i in range(len(key)) if key[:i] + key[i + 1 :] == digits)
    return key[at], at + 1


def _check_byte(frames: list[bytes]) -> str:
    """Return the first two digits of the key that the device uses: it sends them."""
    return frames[-1][7:8].hex()


def _shown(byte: str) -> str:
    """Return digits as VictronConnect and the documents write them."""
    return byte.upper()
