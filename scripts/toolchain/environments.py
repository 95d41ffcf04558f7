"""The virtual environments, each built from one lock."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from . import cache, python, uv
from .process import output
from .progress import step

RECIPE = "1"  # raise it when the way of building changes
SMALL = {
    "decode": (3, 11),
    "flash": (3, 14),
    "peers": (3, 14),
}  # the small environments, and the oldest Python for each
HOME_ASSISTANT = ("2026.10", "2026.11")  # each has a lock; the first is the harness's


def lock_file(name: str) -> Path:
    """Return a lock by its name."""
    return cache.REQUIREMENTS / f"{name}.txt"


def folder_of(name: str) -> Path:
    """Return where the Home Assistant environment of a lock is or would be."""
    return cache.keyed(name, RECIPE, lock_file(name), lock_file("build"), *stand_ins())


def stubs_folder() -> Path:
    """Return where the type stubs are or would be."""
    return cache.keyed("stubs", "2", lock_file("stubs"))  # raise the number with the recipe


def small_folder(name: str) -> Path:
    """Return where a small environment (decode, flash, peers) is or would be."""
    return cache.keyed(name, RECIPE, lock_file(name))


def stand_ins() -> list[Path]:
    """Return the modules that take the place of packages which need a compiler."""
    return sorted((cache.REQUIREMENTS / "stand-ins").glob("*.py"))


def ready(folder: Path) -> bool:
    """Tell whether an environment is finished and the Python beneath it still there."""
    return cache.complete(folder) and (folder / "bin" / "python").exists()


def ensure(name: str, title: str) -> Path:
    """Return the folder of a Python 3.14 environment, building it if need be."""
    folder = folder_of(name)
    if ready(folder):
        return folder
    base = python.ensure()
    with step(title, f"installing, {count(name)} packages") as now, cache.building(folder) as draft:
        interpreter = uv.create(draft, base)
        uv.install(interpreter, lock_file(name), "--build-constraints", lock_file("build"))
        uv.run(["pip", "check", "--python", interpreter])
        for module in stand_ins():
            shutil.copy(module, next(draft.glob("lib/python3*/site-packages")))
        ask = "from importlib.metadata import version; print(version('homeassistant'))"
        version = output([str(interpreter), "-c", ask]).strip()
        cache.finish(draft, home_assistant=version)
        now.result = f"Home Assistant {version}"
        now.folder = folder
    return folder


def count(name: str) -> int:
    """Count the packages of a lock."""
    return sum("==" in line for line in lock_file(name).read_text(encoding="utf-8").splitlines())


def stubs() -> Path:
    """Return the folder with MicroPython's type stubs, for `stubPath` and `typeshedPath` of the type checker."""
    folder = stubs_folder()
    if cache.complete(folder):
        return folder
    with (
        step("Type stubs", "installing MicroPython's for the ESP32") as now,
        cache.building(folder) as draft,
    ):
        interpreter = folder_of("dev") / "bin" / "python"
        uv.install(interpreter, lock_file("stubs"), "--target", draft)
        ticks_are_integers(draft / "_mpy_shed" / "time_mp.pyi")
        cache.finish(draft)
        now.folder = folder
    return folder


def ticks_are_integers(stub: Path) -> None:
    """Let the stubs call a tick value what it is: they make it opaque, but it is also kept in arrays and sent."""
    text = stub.read_text(encoding="utf-8")
    opaque = r"class (_Ticks\w+):\n(?:    .*\n)+"
    text = re.sub(opaque, r"\1: TypeAlias = int\n", text)
    text = re.sub(r"_Ticks = TypeVar\(.*\)", "_Ticks: TypeAlias = int", text)
    stub.write_text(text, encoding="utf-8")


def small(name: str, title: str) -> Path:
    """Return the Python of an environment that does one thing, without Home Assistant."""
    folder = small_folder(name)
    if not ready(folder):
        with cache.lock():
            build_small(folder, name, title)
    return folder / "bin" / "python"


def build_small(folder: Path, name: str, title: str) -> None:
    """Build it from the Python that runs this script, or from Home Assistant's where that one is too old."""
    base = sys.executable if sys.version_info >= SMALL[name] else python.ensure()
    doing = f"installing {count(name)} packages"
    with step(title, doing) as now, cache.building(folder) as draft:
        interpreter = uv.create(draft, base)
        uv.install(interpreter, lock_file(name), "--build-constraints", lock_file("build"))
        cache.finish(draft)
        now.folder = folder
