"""`python -m simulator`: the whole system without hardware."""

import asyncio
import sys
from argparse import Action, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import events, scenario
from .plot import plot
from .run import run

_EXAMPLES = """examples:
  scripts/simulator run trailer
  scripts/simulator run trailer --seconds 30 --oled /tmp/oled.png
  scripts/simulator run trailer --loss 0.2 --serial-port 7000
  scripts/simulator run day --virtual --hours 0.1 --trace /tmp/day.jsonl --oled-every 60 /tmp/oled
  scripts/simulator plot day
"""
_FILES = f"""scenario files:
  A scenario is a name of `list`, or a path to a TOML file; simulator/scenarios/boat.toml shows it all.
  Its events happen `at = "hh:mm:ss"` on the nodes' clock or `daily = "hh:mm"` on the sun's, and do
  {", ".join(events.ALL[:7])},
  {", ".join(events.ALL[7:])}.
"""


class _Every(Action):
    """Seconds and a folder."""

    def __call__(
        self, parser: ArgumentParser, namespace: Namespace, values: Any, option: str | None = None
    ) -> None:
        try:
            seconds = float(values[0])
        except ValueError:
            seconds = 0
        if seconds <= 0:
            parser.error(f"{option} wants seconds and a folder, not {' '.join(values)}")
        setattr(namespace, self.dest, (seconds, Path(values[1])))


def main(words: Sequence[str] | None = None) -> int:
    """Parse, then do."""
    arguments = _parser().parse_args(words)
    try:
        return _do(arguments)
    except scenario.ScenarioError as error:
        print(f"Error: {error}.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # before the nodes ran
        print("Interrupted.", file=sys.stderr)
        return 130


def _do(arguments: Namespace) -> int:
    if arguments.command == "list":
        for name in scenario.names():
            print(f"{name:12}{scenario.describe(name)}")
        return 0
    if arguments.command == "plot":
        return plot(arguments)
    return asyncio.run(run(arguments))


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="scripts/simulator",
        description="Runs the boards' real firmware against simulated radio and Victron devices.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name the scenarios")
    _add_run(
        commands.add_parser(
            "run", help="run a scenario; Ctrl-C ends it", epilog=_FILES,
            formatter_class=RawDescriptionHelpFormatter,
        )
    )  # fmt: skip
    plotter = commands.add_parser("plot", help="show a modelled day as text, without boards")
    plotter.add_argument("scenario")
    plotter.add_argument("--hours", type=float, default=24, help="of the sun's day (24)")
    plotter.add_argument("--seed", type=int, default=1, help="of everything random")
    return parser


def _add_run(runner: ArgumentParser) -> None:
    add = runner.add_argument
    add("scenario", help="a name of `list`, or a path to a file")
    add("--virtual", action="store_true", help="in virtual time: as fast as the machine can")
    add("--seconds", type=float, help="end by itself after this long on the nodes' clock")
    add("--hours", type=float, help="the same in hours; virtual time without either: 1 hour")
    add("--speed", type=float, metavar="X", help="the sun's day runs X times as fast as the nodes")
    add("--oled", type=Path, metavar="PNG", help="draw the display at the end")
    add(
        "--oled-every", nargs=2, action=_Every, metavar=("S", "DIR"),
        help="draw the display into a folder every S seconds",
    )  # fmt: skip
    add("--trace", type=Path, metavar="FILE", help="write what happens as JSON lines; - prints it")
    add("--serial-port", type=int, default=0, metavar="PORT", help="TCP port; 0 (default): any")
    add("--pty", type=Path, help="where the link to the serial terminal goes")
    add("--flash", type=Path, help="keep the boards' flash in this folder")
    add("--seed", type=int, default=1, help="of everything random")
    add("--loss", type=float, help="of frames, 0 to 1, each attempt")
    add(
        "--no-keys", dest="keys", action="store_false",
        help="push no Victron keys: Home Assistant will",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
