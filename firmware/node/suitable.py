"""Which MicroPython and which chip this firmware was made for; borrowed for the moment."""

import sys

from node import version

# Before 1.29 a stranger's long ESP-NOW frame wipes the receive ring (modespnow.c, PR#16737).
WANTED = (1, 29)
# Before 1.26 the file system lies elsewhere, and much else was never tried.
OLDEST = (1, 26)
# Bluetooth, then Wi-Fi and ESP-NOW: "WiFi Out of Memory" (#18859, open).
EXPERIMENTAL_SENSORS = ("ESP32C3", "ESP32C6")


def is_as_wanted() -> bool:
    """Tell whether the interpreter is at least the one this firmware was made for."""
    return tuple(sys.implementation.version[:2]) >= WANTED


def refusal() -> str:
    """Return why the firmware does not run here, "" when it does."""
    if tuple(sys.implementation.version[:2]) >= OLDEST:
        return ""
    return f"MicroPython {version.running()} is too old: this firmware needs 1.29, and runs from 1.26 on."


def chip() -> str:
    """Return the name of the chip, "ESP32C3"."""
    return sys.implementation._machine.rsplit(" with ", 1)[-1].split(" ")[0]


def is_experimental(role: str) -> bool:
    """Tell whether this role on this chip is known to fail for some."""
    return role == "sensor" and chip() in EXPERIMENTAL_SENSORS
