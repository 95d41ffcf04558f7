"""Takes single countermeasures out of a copy of the firmware: what they are good for is seen without them."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from .world import FIRMWARE

type Guard = tuple[str, str, str]  # file, what stands there once, what stands there instead


def firmware_without(folder: Path, file: str, guard: str, instead: str) -> tuple[Path, ...]:
    """Return import paths of a copy of the firmware in which one guard of one file is gone."""
    return firmware_without_all(folder, [(file, guard, instead)])


@contextlib.contextmanager
def without(*guards: Guard) -> Iterator[tuple[Path, ...]]:
    """Have such a copy for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="twin-without-") as folder:
        yield firmware_without_all(Path(folder), guards)


def firmware_without_all(folder: Path, guards: Iterable[Guard]) -> tuple[Path, ...]:
    """Return import paths of a copy of the firmware in which these guards are gone."""
    firmware, integration = FIRMWARE
    copies = (folder / "firmware", folder / "shared")
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(firmware, copies[0], ignore=skip)
    shutil.copytree(integration / "protocol", copies[1] / "protocol", ignore=skip)
    for file, guard, instead in guards:
        path = next(copy / file for copy in copies if (copy / file).exists())
        source = path.read_text()
        assert source.count(guard) == 1, f"{guard!r} stands {source.count(guard)} times in {file}"
        path.write_text(source.replace(guard, instead))
    return copies
