"""Keys and addresses as people paste them: labels, colons, spaces and line breaks allowed."""

from .errors import BadMac, KeyWrongLength

_HEX = "0123456789abcdefABCDEF"


def parse_key(text: str) -> bytes:
    """The 16 bytes of an encryption key."""
    digits = _find(text, 32)
    if not digits:
        raise KeyWrongLength(_find(text, 31) or _longest(text))
    return bytes.fromhex(digits)


def parse_mac(text: str) -> bytes:
    """The 6 bytes of a Bluetooth address."""
    digits = _find(text, 12)
    if not digits:
        raise BadMac
    return bytes.fromhex(digits)


def format_mac(mac: bytes) -> str:
    """AA:BB:CC:DD:EE:FF."""
    return ":".join(["%02X" % byte for byte in mac])


def _find(text: str, count: int) -> str:
    """The one number of `count` hex digits in the text, "" if there is none or a choice.

    From the strictest reading to the loosest, because a label may hold hex digits ("BMV 712"):
    an unbroken number, one broken by punctuation, one in equal pieces, one in any pieces.
    """
    for found in (_runs(text), _chunks(text), _rows(text), _spans(text, count)):
        fitting = {one.lower() for one in found if len(one) == count}
        if fitting:
            return fitting.pop() if len(fitting) == 1 else ""
    return ""


def _longest(text: str) -> str:
    """The digits that were probably meant, to tell how many are missing."""
    best = ""
    for group in _groups(text):
        joined = "".join(group)
        if len(joined) > len(best):
            best = joined
    return best.lower()


def _runs(text: str) -> "list[str]":
    """Every unbroken row of hex digits."""
    return _split(text, lambda character: character in _HEX)


def _chunks(text: str) -> "list[str]":
    """Per whitespace-separated chunk the hex words, if it holds nothing else."""
    chunks = _split(text, lambda character: not character.isspace())
    return ["".join(groups[0]) for groups in map(_groups, chunks) if len(groups) == 1]


def _rows(text: str) -> "list[str]":
    """Neighbouring hex words of one length, as keys are printed in pairs or fours."""
    rows: "list[str]" = []
    for group in _groups(text):
        length = 0
        for word in group:
            if len(word) == length:
                rows[-1] += word
            else:
                rows.append(word)
            length = len(word)
    return rows


def _spans(text: str, count: int) -> "list[str]":
    """Every row of neighbouring hex words with `count` digits together."""
    found = []
    for group in _groups(text):
        for start in range(len(group)):
            joined = ""
            for word in group[start:]:
                joined += word
                if len(joined) >= count:
                    break
            found.append(joined)
    return found


def _groups(text: str) -> "list[list[str]]":
    """Neighbouring words of hex digits only; any other word (a label) parts the groups."""
    groups: "list[list[str]]" = [[]]
    for word in _split(text, lambda character: character.isalpha() or character.isdigit()):
        if word[:2] in ("0x", "0X"):
            word = word[2:]
            if not word:
                continue  # "0x" by itself: its digits may follow
        if all(character in _HEX for character in word):
            groups[-1].append(word)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _split(text: str, belongs) -> "list[str]":  # type: ignore[no-untyped-def]
    words = [""]
    for character in text:
        if belongs(character):
            words[-1] += character
        elif words[-1]:
            words.append("")
    return [word for word in words if word]
