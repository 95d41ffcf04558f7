"""Where the MicroPython is that runs the nodes."""

import functools
import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PLACE = "VICTRON_ESPNOW_MICROPYTHON"  # environment: a MicroPython of your own


@functools.cache
def micropython() -> str:
    """Return the path of the unix port; brings it if it is not there yet."""
    if own := os.environ.get(PLACE):
        return own
    find_toolchain()
    from toolchain import micropython as tool

    return str(tool.ensure().path)


@functools.cache
def images_folder() -> Path:
    """Return the folder where images are kept from run to run."""
    find_toolchain()
    from toolchain import cache

    return cache.root() / "images"


def find_toolchain() -> None:
    """Let the package in scripts/ be imported."""
    scripts = str(PROJECT / "scripts")
    if scripts not in sys.path:
        sys.path.append(scripts)
