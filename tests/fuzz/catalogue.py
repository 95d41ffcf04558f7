"""What is fuzzed: each target is a module with `SEEDS`, `seal(data)`, `feed(sealed)` and the folders that it `WATCHES`.

`seal` makes an input whole: it gives it the CRC, the tag or the encryption that a genuine one has, so that what is
behind is reached. `feed` returns for a refusal that has a name, and lets any other exception pass: that is a crash.

Those in on_board/ hunt in the boards' code and run on MicroPython as well. Their `feed` returns what the board has said
and shown, so that both interpreters can be compared.
"""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from . import stand_ins

HERE = Path(__file__).parent
_AIDS = {"__init__", "board", "frames", "replay"}


def _in(folder: str) -> list[str]:
    return sorted(one.stem for one in (HERE / folder).glob("*.py") if one.stem not in _AIDS)


OF_BOARDS = _in("on_board")
NAMES = sorted([*OF_BOARDS, *_in("targets")])


def target(name: str) -> ModuleType:
    """Return the target of this name."""
    folder = "on_board" if name in OF_BOARDS else "targets"
    return import_module(f"{__package__}.{folder}.{name}")


def prepared(name: str, roots: tuple[Path, ...]) -> ModuleType:
    """Return a target that can be fed, the firmware's modules from these folders; once for a process."""
    if name in OF_BOARDS:
        stand_ins.prepare(roots)
    found = target(name)
    found.prepare()
    return found
