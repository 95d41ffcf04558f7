"""Letters of Europe in those of ASCII, as people there write them when they have no others."""

_LATIN_AT = 0x00C0
_LATIN = (
    "A A A A Ae A AE C E E E E I I I I D N O O O O Oe x Oe U U U Ue Y Th ss "
    "a a a a ae a ae c e e e e i i i i d n o o o o oe / oe u u u ue y th y "
    "A a A a A a C c C c C c C c D d D d E e E e E e E e E e G g G g G g G g H h H h "
    "I i I i I i I i I i IJ ij J j K k k L l L l L l L l L l N n N n N n n N n O o O o O o OE oe "
    "R r R r R r S s S s S s S s T t T t T t U u U u U u U u U u U u W w Y y Y Z z Z z Z z s"
)
_GREEK_AT = 0x0391
_GREEK = "A V G D E Z I Th I K L M N X O P R s S T Y F Ch Ps O I Y a e i i y"
_CYRILLIC_AT = 0x0410
_CYRILLIC = "A B V G D E Zh Z I J K L M N O P R S T U F Kh Ts Ch Sh Shch _ Y _ E Yu Ya"
_OTHERS = {
    0x00A0: " ", 0x00B0: "", 0x00B2: "2", 0x00B3: "3", 0x00B5: "u", 0x00DF: "ss", 0x1E9E: "SS",
    0x0218: "S", 0x0219: "s", 0x021A: "T", 0x021B: "t", 0x2010: "-", 0x2011: "-", 0x2012: "-",
    0x2013: "-", 0x2014: "-", 0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x201E: '"',
    0x2026: "...", 0x20AC: "EUR", 0x0401: "Yo", 0x0451: "yo", 0x0404: "Ye", 0x0454: "ye",
    0x0406: "I", 0x0456: "i", 0x0407: "Yi", 0x0457: "yi", 0x0490: "G", 0x0491: "g",
    0x0386: "A", 0x0388: "E", 0x0389: "I", 0x038A: "I", 0x038C: "O", 0x038E: "Y", 0x038F: "O",
    0x03CC: "o", 0x03CD: "y", 0x03CE: "o",
}  # fmt: skip


def plain(text: str) -> str:
    """Return a text in ASCII, "?" for what has no likeness there."""
    return "".join([one if " " <= one <= "~" else _letter(ord(one)) for one in text])


def _letter(code: int) -> str:
    if code in _OTHERS:
        return _OTHERS[code]
    if 0x0300 <= code < 0x0370:  # an accent apart from its letter
        return ""
    for first, letters, small in (
        (_LATIN_AT, _LATIN, 0),
        (_GREEK_AT, _GREEK, 0x20),
        (_CYRILLIC_AT, _CYRILLIC, 0x20),
    ):
        found = letters.split(" ")
        if 0 <= code - first < len(found):
            return found[code - first].replace("_", "")
        if small and 0 <= code - first - small < len(found):
            return found[code - first - small].lower().replace("_", "")
    return "?"
