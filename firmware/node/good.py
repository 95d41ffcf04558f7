"""The application's mark of being good: it has worked, so its starts did not fail (boot/main.py counts them)."""

import os
import sys

import esp32

DIRECTORIES = ("a", "b")
ACTIVE = "active"


def directory() -> str:
    """Return the directory this application was started from, "" when it was started otherwise."""
    first = sys.path[0]
    return first if first in DIRECTORIES else ""


def fell_back() -> bool:
    """Tell whether this is not the application that should have been started."""
    return bool(directory()) and directory() != _active()


def mark() -> None:
    """Count no more failed starts, and stay with this application."""
    if not directory():
        return
    if fell_back():
        beside = ACTIVE + ".new"
        with open(beside, "w") as file:
            file.write(directory())
        os.rename(beside, ACTIVE)
    store = esp32.NVS("boot")
    store.set_i32("starts", 0)
    store.commit()


def _active() -> str:
    try:
        with open(ACTIVE) as file:
            return file.read(1)
    except OSError:
        return DIRECTORIES[0]
