"""What the codes and bits of an alarm mean, read by line from a file beside the program (firmware/image/words.py)."""

from node.beside import place

FILE = "words.txt"
_LEVELS = ("", "", ": warning", ": alarm")  # of two bits; the lower ones are no alarm
_BITS = 32


def named(field: str, value: int) -> str:
    """Return the meaning of a code, or of each bit that is set; "" where there are no words for the field."""
    kind = ""
    found = {}
    with open(place(FILE)) as file:
        for line in file:
            if line[-1] != "\n":  # cut: half a number is another one
                break
            if line[0] != ":":
                number, _, text = line[:-1].partition(" ")
                if kind and (kind != "code" or number == str(value)):
                    found[int(number)] = text
            elif kind:
                break
            elif field in line[:-1].split(" "):
                kind = line[1:].split(" ")[0]
    return _TELL[kind](found, value) if kind else ""


def _code(found: dict, value: int) -> str:
    return f"{found.get(value, 'unknown')} ({value})"


def _bits(found: dict, value: int) -> str:
    return ", ".join(
        [found.get(bit, f"unknown (bit {bit})") for bit in range(_BITS) if value >> bit & 1]
    )


def _levels(found: dict, value: int) -> str:
    return ", ".join(
        [
            found.get(bit, f"unknown (bit {bit})") + _LEVELS[value >> bit & 3]
            for bit in range(0, 18, 2)
            if value >> bit & 2
        ]
    )


_TELL = {"code": _code, "bits": _bits, "levels": _levels}
