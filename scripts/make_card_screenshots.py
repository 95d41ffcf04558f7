#!/usr/bin/env python3
"""Take the pictures of card and dashboard in docs/images, in a real Home Assistant with a simulated summer's day.

Takes some minutes, most of which the small curves need to grow.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 9):
    sys.exit("scripts/make_card_screenshots.py needs Python 3.9 or later.")

from toolchain import ensure
from toolchain.cache import PROJECT
from toolchain.command import guarded
from toolchain.process import become


def main() -> None:
    """Bring the tools, then take them."""
    paths = ensure()
    become([paths.python, "-m", "tests.frontend.screenshots"], PYTHONPATH=str(PROJECT))


if __name__ == "__main__":
    sys.exit(guarded(main))
