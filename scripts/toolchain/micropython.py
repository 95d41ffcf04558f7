"""MicroPython's unix port: 32-bit like the ESP32 where it can be had, else 64-bit."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from . import cache, forky
from .failure import Failure, NoConnection
from .process import output
from .progress import say, step

TESTED = "1.26"  # what the tests were made with; chips run 1.29, the difference is in the stand-ins
ASK = "import sys; print('.'.join(map(str, sys.implementation.version[:3])), sys.maxsize > 1 << 40)"


@dataclass(frozen=True)
class MicroPython:
    """A MicroPython that was tried."""

    path: str
    version: str
    bits: int


def ready() -> MicroPython | None:
    """Return the MicroPython that an earlier run settled on; None if there is none yet."""
    for prefix in map(prefix_folder, (forky.I386, forky.AMD64)):
        if cache.complete(prefix):
            return MicroPython(path=str(prefix / "bin" / "micropython"), **cache.facts(prefix))
    host = host_folder()
    if cache.complete(host):
        try:
            return ask(cache.facts(host)["path"])
        except (Failure, OSError, ValueError):
            return None  # it was taken away since
    return None


def ensure() -> MicroPython:
    """Return the best MicroPython to be had: forky 32-bit, forky 64-bit, the one on PATH."""
    settled = ready()
    if settled is not None:
        return settled
    obstacle = forky.why_not()
    if not obstacle:
        for architecture in (forky.I386, forky.AMD64):
            built = from_forky(architecture)
            if built is not None:
                return built
        obstacle = "apt could not bring it or it does not run here"
    return on_path(obstacle)


def remark(version: str) -> str:
    """Return what to add to a version that the tests were not made with: a distribution moves on."""
    return "" if version.startswith(TESTED + ".") else f" (the tests were made with {TESTED})"


def prefix_folder(architecture: forky.Architecture) -> Path:
    """Return where the forky prefix of an architecture is or would be."""
    return cache.keyed(f"micropython-{architecture.name}", forky.RELEASE, forky.RECIPE)


def host_folder() -> Path:
    """Return where the choice of the host's own MicroPython is noted."""
    return cache.keyed("micropython-host")


def ask(program: str) -> MicroPython:
    """Start a MicroPython and ask it who it is."""
    version, wide = output([program, "-c", ASK], timeout=20).split()
    return MicroPython(program, version, 64 if wide == "True" else 32)


def from_forky(architecture: forky.Architecture) -> MicroPython | None:
    """Build a prefix from Debian's packages; None if it does not run here."""
    prefix = prefix_folder(architecture)
    program = prefix / "bin" / "micropython"
    doing = f"downloading Debian's package ({architecture.bits}-bit)"
    with step("MicroPython", doing) as now, cache.building_in_place(prefix):
        try:
            forky.unpack(["micropython"], architecture, prefix)
            forky.own_libc(program, prefix, architecture)
            built = ask(str(program))
        except NoConnection:
            raise
        except (Failure, OSError, ValueError) as error:
            now.result = f"not to be had here: {error}"
            return None
        cache.finish(prefix, version=built.version, bits=built.bits)
        now.result = f"MicroPython {built.version}, {built.bits}-bit{remark(built.version)}"
        now.folder = prefix
    return built


def on_path(obstacle: str) -> MicroPython:
    """Take the host's own MicroPython, whatever its version."""
    found = shutil.which("micropython")
    if found is None:
        raise Failure(
            f"MicroPython is missing, and Debian's cannot be used because {obstacle}; install the package "
            "`micropython` of your system and run this again."
        )
    try:
        built = ask(found)
    except (Failure, OSError, ValueError) as error:
        raise Failure(
            f"The MicroPython on PATH ({found}) does not run; install a working one."
        ) from error
    with cache.building(host_folder()) as draft:
        draft.mkdir()
        cache.finish(draft, path=found)
    say(
        f"{'MicroPython':<17} {built.version}, {built.bits}-bit, from PATH: Debian's cannot be used because {obstacle}"
    )
    return built
