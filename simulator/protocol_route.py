"""The protocol package by the route this process already uses, so that no class exists twice."""

import importlib
import sys
from types import ModuleType

from .interpreter import PROJECT

FULL_NAME = "custom_components.victron_espnow"
_FOLDER = str(PROJECT / "custom_components" / "victron_espnow")


def module(name: str) -> ModuleType:
    """Import `protocol.<name>`."""
    full_name = f"{FULL_NAME}.protocol.{name}" if FULL_NAME in sys.modules else f"protocol.{name}"
    if found := sys.modules.get(full_name):  # asked for with every frame and line
        return found
    if _FOLDER not in sys.path:
        sys.path.append(_FOLDER)
    return importlib.import_module(full_name)
