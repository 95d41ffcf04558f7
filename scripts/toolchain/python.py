"""Python 3.14 for Home Assistant: uv's, the system's, or Debian forky's."""

from __future__ import annotations

import re
from pathlib import Path

from . import cache, forky, uv
from .failure import Failure
from .process import output
from .progress import step

WANTED = ">=3.14.2,<3.15"  # what Home Assistant 2026.10 and 2026.11 ask for
PACKAGES = ("python3.14-venv", "libpython3.14-dev", "libstdc++6")
# Libraries that wheels expect of the system: loaded from the start, so that never the host's are picked up.
OF_THE_SYSTEM = (
    "libpthread.so.0",
    "libdl.so.2",
    "librt.so.1",
    "libutil.so.1",
    "libgcc_s.so.1",
    "libstdc++.so.6",
)


def ensure() -> str:
    """Return the path of a Python 3.14, bringing one if need be."""
    prefix = prefix_folder()
    if cache.complete(prefix):
        return str(prefix / "bin" / "python3.14")
    return found() or downloaded() or from_forky(prefix)


def prefix_folder() -> Path:
    """Return where the forky prefix is or would be."""
    return cache.keyed("python-3.14", forky.RELEASE, forky.RECIPE)


def found() -> str:
    """Return a suitable Python of this machine, or nothing."""
    try:
        return (
            uv.run(["python", "find", "--system", "--no-python-downloads", WANTED])
            .strip()
            .splitlines()[-1]
        )
    except Failure:
        return ""


def downloaded() -> str:
    """Let uv download a Python into our cache; nothing if it cannot."""
    where = {"UV_PYTHON_INSTALL_DIR": str(cache.root() / "uv-python")}
    with step("Python 3.14", "not on this machine; asking uv to download it") as now:
        try:
            # One attempt: a refused connection is refused at once, and there is another way.
            uv.run(
                ["python", "install", "--no-bin", "3.14"], timeout=600, UV_HTTP_RETRIES="0", **where
            )
            ask = ["python", "find", "--managed-python", "--no-python-downloads", WANTED]
            path = uv.run(ask, timeout=60, **where).strip()
        except Failure:
            now.result = "not to be had from uv; taking Debian's"
            return ""
        now.result = output([path, "--version"]).strip()
        now.folder = Path(path).parents[1]
    return path


def from_forky(prefix: Path) -> str:
    """Build the prefix from Debian's packages."""
    obstacle = forky.why_not()
    if obstacle:
        raise Failure(
            "Python 3.14.2 or later is needed, uv could not download one, and Debian's cannot be used because "
            f"{obstacle}; install Python 3.14 and run this again."
        )
    with (
        step("Python 3.14", "downloading Debian's packages") as now,
        cache.building_in_place(prefix),
    ):
        forky.unpack(PACKAGES, forky.AMD64, prefix)
        program = prefix / "bin" / "python3.14"
        tidy(prefix)
        forky.own_libc(program, prefix, forky.AMD64, OF_THE_SYSTEM)
        for_extensions(prefix)
        output([str(program), "-m", "compileall", "-q", "-j0", str(prefix / "lib" / "python3.14")])
        check = "import sys, ssl, sqlite3, ctypes, lzma, zlib, bz2, readline; print(sys.version.split()[0])"
        version = output([str(program), "-c", check]).strip()
        cache.finish(prefix, version=version)
        now.result = f"Python {version}"
        now.folder = prefix
    return str(program)


def tidy(prefix: Path) -> None:
    """Leave nothing on PATH that would shadow a program of the host."""
    for name in ("bin", "sbin", "share/doc", "share/man"):
        for path in (prefix / name).rglob("*"):
            if (path.is_symlink() or not path.is_dir()) and path.name != "python3.14":
                path.unlink()
    (prefix / "bin" / "python3").symlink_to("python3.14")


def for_extensions(prefix: Path) -> None:
    """Let the prefix's own headers and wheels be found, for C extensions and ensurepip.

    LIBDIR stays as it is: with ours, setuptools would link extensions against forky's libc.
    """
    include = prefix / "include"
    real = include / forky.AMD64.triple / "python3.14" / "pyconfig.h"
    (include / "python3.14" / "pyconfig.h").write_bytes(real.read_bytes())
    for path in (prefix / "lib" / "python3.14").glob("_sysconfigdata__linux_*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            re.sub(r"'/usr/(include|share/python-wheels)", rf"'{prefix}/\1", text), encoding="utf-8"
        )
