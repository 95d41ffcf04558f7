"""What is fuzzed: each module has `SEEDS`, `prepare()`, `seal(data)`, `feed(sealed)` and the folders that it `WATCHES`.

`seal` makes an input whole: it gives it the CRC, the tag or the encryption that a genuine one has, so that what is
behind is reached. `feed` returns for a refusal that has a name, and lets any other exception pass: that is a crash.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType

NAMES = sorted(one.stem for one in Path(__file__).parent.glob("*.py") if one.stem != "__init__")


def target(name: str) -> ModuleType:
    """Return the target of this name."""
    return import_module(f"{__name__}.{name}")
