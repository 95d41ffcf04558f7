"""The words that code compares with: taken from its constants, so that nobody has to list them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType

_LONGEST = 40


def words(files: Iterable[Path]) -> list[bytes]:
    """Return all texts, byte strings and numbers that stand in these files."""
    found: set[bytes] = set()
    for file in files:
        for constant in _constants(compile(file.read_bytes(), str(file), "exec")):
            match constant:
                case str() if constant and " " not in constant:
                    found.add(constant.encode("utf-8", "replace"))
                case bytes() if constant:
                    found.add(constant)
                case int() if not isinstance(constant, bool):
                    found.add(str(constant).encode())
                    if 0 <= constant < 1 << 32:
                        size = max(1, (constant.bit_length() + 7) // 8)
                        found.add(constant.to_bytes(size, "little"))
    return sorted(one for one in found if len(one) <= _LONGEST)


def _constants(code: CodeType) -> Iterator[object]:
    for constant in (*code.co_consts, *code.co_names):
        if isinstance(constant, CodeType):
            yield from _constants(constant)
        elif isinstance(constant, tuple | frozenset):
            yield from constant
        else:
            yield constant
