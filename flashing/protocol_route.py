"""The protocol package by the route this process already uses, so that no class exists twice."""

import importlib
import sys
from types import ModuleType

from .program import SHARED

FULL_NAME = "custom_components.victron_espnow"


def module(name: str) -> ModuleType:
    """Import `protocol.<name>`."""
    if FULL_NAME in sys.modules:
        return importlib.import_module(f"{FULL_NAME}.protocol.{name}")
    if str(SHARED) not in sys.path:
        sys.path.append(str(SHARED))
    return importlib.import_module(f"protocol.{name}")
