"""`python -m simulator`: the whole system without hardware."""

import asyncio
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from . import scenario
from .run import run

_EXAMPLES = """examples:
  scripts/simulator run trailer
  scripts/simulator run trailer --seconds 30 --oled /tmp/oled.png
  scripts/simulator run trailer --loss 0.2 --serial-port 7000
"""


def main() -> int:
    """Parse, then do."""
    parser = ArgumentParser(
        prog="scripts/simulator",
        description="Runs the boards' real firmware against simulated radio and Victron devices.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name the scenarios")
    runner = commands.add_parser("run", help="run a scenario in real time; Ctrl-C ends it")
    runner.add_argument("scenario", choices=scenario.names())
    runner.add_argument("--seconds", type=float, help="end by itself after this long")
    runner.add_argument("--oled", type=Path, metavar="PNG", help="draw the display at the end")
    runner.add_argument(
        "--serial-port", type=int, default=0, metavar="PORT", help="TCP port; 0 (default): any"
    )
    runner.add_argument("--pty", type=Path, help="where the link to the serial terminal goes")
    runner.add_argument("--flash", type=Path, help="keep the boards' flash in this folder")
    runner.add_argument("--seed", type=int, default=1, help="of everything random")
    runner.add_argument("--loss", type=float, default=0.0, help="of frames, 0 to 1, each attempt")
    runner.add_argument("--trace", action="store_true", help="print the trace as JSON lines too")
    runner.add_argument(
        "--no-keys", dest="keys", action="store_false",
        help="push no Victron keys: Home Assistant will",
    )  # fmt: skip
    arguments = parser.parse_args()
    if arguments.command == "list":
        for name in scenario.names():
            print(f"{name:12}{scenario.describe(name)}")
        return 0
    return asyncio.run(run(arguments))


if __name__ == "__main__":
    sys.exit(main())
