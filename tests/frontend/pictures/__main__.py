"""Makes the pictures of README and docs anew; `scripts/screenshots` brings what this needs and runs it."""

import argparse
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).parents[3]
sys.path.append(str(PROJECT / "scripts"))
from toolchain import browser  # noqa: E402

from . import dialogs, faces  # noqa: E402
from .camera import Camera  # noqa: E402


def main() -> int:
    """Read the command line, take what is wanted."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("--hass", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("what", nargs="+")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launching())
        faces.take(Camera(chromium, arguments.folder, arguments.what), arguments.hass)
        if "dialogs" in arguments.what:
            dialogs.take(chromium, arguments.hass, arguments.folder)
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
