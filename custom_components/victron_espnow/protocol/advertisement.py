"""What a sensor node needs: find Victron's frame in an advertisement, and tell new from repeated.

Nothing here decrypts or decodes. `find`, `accepts` and `judge_nonce` allocate nothing: the scanner
calls them for every advertisement in the air.
"""

from .errors import NotInstantReadout, TooShort

COMPANY_ID = 0x02E1
MIN_LENGTH = 8
MAX_LENGTH = 27  # what a full legacy advertisement leaves after its length, type and company id

NEW = 0
REPEAT = 1
LATE = 2

_MANUFACTURER_DATA = 0xFF
_PRODUCT_ADVERTISEMENT = 0x10
_LATE_WINDOW = 60  # Victron's own receiver: up to 60 behind is a late duplicate
_RESTART_SILENCE_MS = 60_000  # after more than this the device may have restarted, counter and all


def find(adv: "bytes | memoryview") -> int:
    """Where the Victron data lies in a raw AD list: start << 8 | length, or 0."""
    end = len(adv)
    at = 0
    while at + 1 < end:
        length = adv[at]
        if length == 0 or at + 1 + length > end:
            return 0
        if (
            length >= 3
            and adv[at + 1] == _MANUFACTURER_DATA
            and adv[at + 2] | adv[at + 3] << 8 == COMPANY_ID
        ):
            return (at + 4) << 8 | (length - 3)
        at += 1 + length
    return 0


def accepts(md: "bytes | memoryview") -> bool:
    """Whether this is an Instant Readout frame; `md` starts after the company id."""
    return len(md) >= MIN_LENGTH and md[0] == _PRODUCT_ADVERTISEMENT


def detect(md: "bytes | memoryview") -> int:
    """The record type, 0xFF00 | second byte for the extended ones."""
    if len(md) < MIN_LENGTH:
        raise TooShort
    if md[0] != _PRODUCT_ADVERTISEMENT:
        raise NotInstantReadout
    return md[4] if md[4] != 0xFF else 0xFF00 | md[7]


def product_id(md: "bytes | memoryview") -> int:
    """Which product sends; only for frames that `accepts` let through, like `nonce`."""
    return md[2] | md[3] << 8


def nonce(md: "bytes | memoryview") -> int:
    """The data counter: together with the address the identity of a reading."""
    return md[5] | md[6] << 8


def judge_nonce(previous: int, nonce: int, silent_ms: int) -> int:
    """NEW, REPEAT (the same reading) or LATE (an older one); a negative `previous` means none yet.

    After more than 60 s without any frame everything is NEW: the device may have restarted.
    """
    if previous < 0 or silent_ms > _RESTART_SILENCE_MS:
        return NEW
    behind = (previous - nonce) & 0xFFFF
    if behind == 0:
        return REPEAT
    return LATE if behind <= _LATE_WINDOW else NEW
