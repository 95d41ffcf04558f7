"""Removes from the cache what no lock of this clone leads to any more."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import (
    browser,
    cache,
    environments,
    forky,
    micropython,
    npm_packages,
    python,
    uv,
    web_tools,
)
from .progress import megabytes, step


def current() -> set[Path]:
    """Return the folders that this clone uses or would use."""
    homes = ["dev", *(f"home-assistant-{version}" for version in environments.HOME_ASSISTANT)]
    return {
        *map(environments.folder_of, homes),
        environments.stubs_folder(),
        *map(environments.small_folder, environments.SMALL),
        *map(micropython.prefix_folder, (forky.I386, forky.AMD64)),
        micropython.host_folder(),
        python.prefix_folder(),
        browser.folder(),
        web_tools.folder(),
        *map(npm_packages.folder, npm_packages.TITLES),
        cache.keyed("tools", uv.LOCK),
        cache.root() / "uv-python",
        cache.root() / "images",  # the simulator's
    }


def leftovers() -> list[Path]:
    """Return the folders of the cache that are not current."""
    if not cache.root().is_dir():
        return []
    keep = current()
    return sorted(path for path in cache.root().iterdir() if path.is_dir() and path not in keep)


def prune() -> None:
    """Remove the leftovers; another clone that still uses one builds it again."""
    with cache.lock():
        for folder in leftovers():
            with step(folder.name, "removing") as now:
                size = megabytes(folder)
                shutil.rmtree(folder)
                now.result = f"{size} MB less"
