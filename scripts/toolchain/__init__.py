"""Brings the tools this project is tested with, and knows where they are."""

from .failure import Failure
from .paths import (
    Paths,
    decode_python,
    ensure,
    flash_python,
    home_assistant_python,
    peers_python,
)

__all__ = [
    "Failure",
    "Paths",
    "decode_python",
    "ensure",
    "flash_python",
    "home_assistant_python",
    "peers_python",
]
