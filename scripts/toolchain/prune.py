"""Removes from the cache what no lock of this clone leads to any more."""

from __future__ import annotations

import os
import shutil
from collections import Counter
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
from .progress import say, step


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
        old = leftovers()
        for folder in old:
            with step(folder.name, "removing") as now:
                size = bytes_of_its_own(folder)
                shutil.rmtree(folder)
                now.result = f"{size / 1e6:.0f} MB less"
    if not old:
        say("Nothing of older versions is in the cache.")
    if uv.cache_folder().is_dir():
        say(
            f"uv keeps the packages, older ones too, in {uv.cache_folder()}: delete that when you like,"
            " what is installed goes on."
        )


def bytes_of_its_own(folder: Path) -> int:
    """Return what the disk wins without the folder: most packages are hard links into uv's cache."""
    names: Counter[int] = Counter()
    total = 0
    for root, _, files in os.walk(folder):
        for name in files:
            status = os.lstat(os.path.join(root, name))  # noqa: PTH118 - as in `megabytes`
            names[status.st_ino] += 1
            if names[status.st_ino] == status.st_nlink:
                total += status.st_size
    return total
