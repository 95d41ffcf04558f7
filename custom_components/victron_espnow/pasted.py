"""Addresses and keys out of whatever was pasted: one device or many, labels and line breaks as they come."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .protocol.errors import BadMac, KeyWrongLength
from .protocol.keys import parse_key, parse_mac

MAC_DIGITS = 12
KEY_DIGITS = 32
# VictronConnect sometimes hides one digit of a key; live frames tell which.
SHORT_KEY_DIGITS = 31

_BETWEEN_PIECES = re.compile(r"[\n\r\t;,|]+")
_HEX_WORD = re.compile(r"\b(?:0[xX])?([0-9A-Fa-f]+)\b")
_FEWEST_DIGITS = 8  # what has fewer is part of a name: "BMV 712", "MPPT 75/15"


class UnreadableError(Exception):
    """A line holds hex digits that are neither an address nor a key; the key itself is not told."""

    def __init__(self, line: int, digits: int) -> None:
        """Remember where, and how many digits there are."""
        super().__init__(line, digits)
        self.line = line
        self.digits = digits


@dataclass
class Pasted:
    """What was pasted of one device; `digits` are those of its key, 32 or 31 of them."""

    mac: bytes = b""
    digits: str = ""


def key_digits(text: str) -> str:
    """Return the 32 digits of a key, or 31 if one is missing; KeyWrongLength for anything else."""
    try:
        return parse_key(text).hex()
    except KeyWrongLength as err:
        if len(err.digits) == SHORT_KEY_DIGITS:
            return err.digits
        raise


def read(text: str) -> list[Pasted]:
    """Return what each device is pasted with: an address and a key that stand together are one's."""
    whole = _read_piece(text)
    if whole.mac and whole.digits and _digits(text) < MAC_DIGITS + KEY_DIGITS + _FEWEST_DIGITS:
        return [whole]  # one device, its key perhaps broken over lines
    found: list[Pasted] = []
    for piece in _pieces(text):
        last = found[-1] if found else None
        # Neighbours complete each other: an address above its key, or below.
        if last and not (last.mac and piece.mac) and not (last.digits and piece.digits):
            last.mac = last.mac or piece.mac
            last.digits = last.digits or piece.digits
        else:
            found.append(piece)
    return found


def _pieces(text: str) -> Iterator[Pasted]:
    """Give what each line holds, or each part of a line; a key may go on in the next one."""
    pending = ""
    line = 1
    for row, content in enumerate(text.splitlines(), 1):
        for part in _BETWEEN_PIECES.split(content):
            found = _read_piece(part)
            if pending and (whole := _read_piece(f"{pending}\n{part}")).digits:
                found = Pasted(digits=whole.digits)  # its second half may look like an address
            if found.mac or found.digits:
                pending = ""
                yield found
            elif _digits(part) >= _FEWEST_DIGITS:
                line = line if pending else row
                pending = f"{pending}\n{part}"
    if pending:
        raise UnreadableError(line, _digits(pending))


def _read_piece(text: str) -> Pasted:
    """Return the one address and the one key of a piece, as far as there are."""
    found = Pasted()
    try:
        found.digits = key_digits(text)
    except KeyWrongLength as err:
        # "C0 FF EE 00 00 02 5d 12 …": nothing tells the two apart but their lengths.
        if len(err.digits) in (MAC_DIGITS + KEY_DIGITS, MAC_DIGITS + SHORT_KEY_DIGITS):
            both = err.digits
            return Pasted(bytes.fromhex(both[:MAC_DIGITS]), both[MAC_DIGITS:])
    try:
        found.mac = parse_mac(text)
    except BadMac:
        return found
    return found


def _digits(text: str) -> int:
    """Return how many hex digits there are that could be of an address or a key."""
    return sum(len(word) for word in _HEX_WORD.findall(text))
