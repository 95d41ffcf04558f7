"""Packages from npm that are used as they come: the frontend's type checker, and the judge of its accessibility."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import cache, npm
from .progress import step

TYPESCRIPT = "typescript"
AXE = "axe-core"
TITLES = {TYPESCRIPT: "TypeScript", AXE: "axe-core"}


def folder(name: str) -> Path:
    """Return where a package is or would be."""
    return cache.keyed(name, npm.wanted(name)["integrity"])


def ready() -> bool:
    """Tell whether all are there."""
    return all(cache.complete(folder(name)) for name in TITLES)


def ensure() -> None:
    """Bring what is missing."""
    for name in TITLES:
        if not cache.complete(folder(name)):
            bring(name)


def bring(name: str) -> None:
    """Fetch one package."""
    with (
        step(TITLES[name], "downloading") as now,
        cache.building(folder(name)) as draft,
    ):
        draft.mkdir()
        npm.unpack(name, draft)
        for one in (draft / "package").iterdir():
            shutil.move(one, draft)
        (draft / "package").rmdir()
        cache.finish(draft)
        now.folder = folder(name)


def type_checker() -> list[str]:
    """Return the command that checks types."""
    return [str(npm.node()), str(folder(TYPESCRIPT) / "lib" / "tsc.js")]


def axe() -> Path:
    """Return the script that looks for obstacles in a page."""
    return folder(AXE) / "axe.min.js"
