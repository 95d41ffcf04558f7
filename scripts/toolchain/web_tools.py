"""ESP Web Tools: what flashes boards from a browser, for the page that a release brings along."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import cache, npm
from .progress import step

PACKAGE = "esp-web-tools"


def folder() -> Path:
    """Return where it is or would be."""
    return cache.keyed(PACKAGE, npm.wanted(PACKAGE)["integrity"])


def ready() -> bool:
    """Tell whether it is there."""
    return cache.complete(folder())


def ensure() -> None:
    """Bring it."""
    if ready():
        return
    with step("ESP Web Tools", "downloading") as now, cache.building(folder()) as draft:
        unpacked = draft.with_name(draft.name + "-package")
        cache.remove(unpacked)
        unpacked.mkdir()
        try:
            npm.unpack(PACKAGE, unpacked)
            shutil.copytree(unpacked / "package" / "dist" / "web", draft)
            shutil.copy(unpacked / "package" / "LICENSE", draft)
        finally:
            cache.remove(unpacked)
        cache.finish(draft)
        now.folder = folder()
