"""What MicroPython's own objects are asked for, by its stubs."""

import functools
import re
from pathlib import Path

_DEFINED = re.compile(r"^\s*(?:(?:async )?def|class) (\w+)|^\s*(\w+)\s*(?::|=)", re.M)


@functools.cache
def names(stubs: Path) -> frozenset[str]:
    """Return every name that the stubs define."""
    found = set()
    for file in stubs.rglob("*.pyi"):
        found |= {one or other for one, other in _DEFINED.findall(file.read_text("utf-8"))}
    return frozenset(found)
