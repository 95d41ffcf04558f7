"""Finds traces of secrets in what a run leaves behind: whole or half, as bytes, hex, base64 or numbers."""

import base64
import gzip
from collections.abc import Iterable, Iterator, Mapping

PART = 8  # bytes: half of a key is a leak as well
_SEPARATORS = ("", ":", " ", "-")
_GZIP = b"\x1f\x8b"


def found(secrets: Mapping[str, bytes], place: Iterable[bytes]) -> set[str]:
    """Return the names of the secrets of which there is a trace in a place."""
    whole = b"\n".join(text for piece in place for text in (piece, *_unpacked(piece)))
    folded = whole.lower()
    return {
        name
        for name, secret in secrets.items()
        if any(form in whole for form in as_written(secret))
        or any(form in folded for form in in_hex(secret))
    }


def as_written(secret: bytes) -> Iterator[bytes]:
    """Yield what programs make of each end of a secret, where capitals count."""
    for part in _ends(secret):
        yield part
        yield repr(part)[2:-1].encode()
        for separator in (",", ", ", " "):
            yield separator.join(map(str, part)).encode()
        yield from _base64(part)


def in_hex(secret: bytes) -> Iterator[bytes]:
    """Yield the hex digits of each end of a secret, in small letters."""
    for part in _ends(secret):
        for separator in _SEPARATORS:
            yield part.hex(*([separator] if separator else [])).encode()
        yield part[::-1].hex().encode()  # an integer that was read from the wrong end


def _base64(part: bytes) -> Iterator[bytes]:
    """Yield the letters that only this part decides, wherever in the encoded text it begins."""
    for before in range(3):
        first, behind = -(-before * 4 // 3), (before + len(part)) * 4 // 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(before) + part)[first:behind]


def _ends(secret: bytes) -> tuple[bytes, bytes]:
    return secret[:PART], secret[-PART:]


def _unpacked(piece: bytes) -> list[bytes]:
    return [gzip.decompress(piece)] if piece.startswith(_GZIP) else []
