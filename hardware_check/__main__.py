"""Guides a person through the hardware check and writes the report."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from .console import Console
from .errors import CheckError
from .port import SerialStream, ports
from .report import markdown
from .steps import DISPLAY, LOOK, SENSOR, SKIPPED, STEPS, Finding, Session, Step
from .talk import Talk

EXAMPLES = """
  scripts/hardware-check --port /dev/ttyUSB0
  scripts/hardware-check --port /dev/ttyUSB0 --sensor-port /dev/ttyUSB1
  scripts/hardware-check --port COM3 --only air,channels --seconds 300

Close Home Assistant's connection first (disable the entry): a port has one user at a time.
docs/hardware-test.md tells what each step means. Exit code 0: all is well, 1: something is worth a
look, 2: the check could not be made.
"""
FAILED = 2
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Leave the usage to --help."""
        self.exit(2, f"hardware-check: {message}; see --help\n")


def on_port(url: str) -> Console:
    """Return the console of a real port."""
    return Console(SerialStream(url))


def main(
    arguments: list[str] | None = None,
    talk: Talk | None = None,
    opened: Callable[[str], Console] = on_port,
) -> int:
    """Run the steps, whatever comes in between put things back, write the report."""
    options = _options(arguments)
    if options.list:
        print("\n".join(ports()) or "No serial port is there.")
        return 0
    talk = talk or Talk(silent=options.no_questions)
    consoles: dict[str, Console] = {}
    found: dict[str, list[Finding]] = {}
    session = Session(
        talk,
        consoles,
        opened,
        options.port,
        seconds=options.seconds,
        channel_seconds=min(options.seconds, 20.0),
        channels=options.channels,
    )
    try:
        _open(session, options)
        for key in options.only:
            found[key] = _run(session, STEPS[key])
        code = int(any(one.verdict == LOOK for findings in found.values() for one in findings))
    except CheckError as error:
        talk.say(f"hardware-check: {error}")
        code = FAILED
    except KeyboardInterrupt:
        talk.say("\nStopped.")
        code = INTERRUPTED
    finally:
        _put_back(session)
    if found:
        _write(options.output, markdown(found, _header(), code < FAILED), talk)
    return code


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = Parser(
        prog="scripts/hardware-check",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", help="the display node's port, or an address like socket://host:port"
    )
    parser.add_argument("--sensor-port", help="the sensor node's port, if it is on USB as well")
    parser.add_argument(
        "--list", action="store_true", help="show the ports of this computer and end"
    )
    parser.add_argument("--seconds", type=_seconds, default=60.0, help="how long to listen (60)")
    parser.add_argument(
        "--channels", type=_channels, default=(1, 6, 11), help="which to try (1,6,11)"
    )
    parser.add_argument(
        "--only", type=_steps, default=tuple(STEPS), help=f"some of the steps: {','.join(STEPS)}"
    )
    parser.add_argument("--no-questions", action="store_true", help="leave out what needs a person")
    parser.add_argument("--output", type=Path, help="where the report goes (a new file here)")
    options = parser.parse_args(arguments)
    if not options.list and not options.port:
        parser.error("name the display node's port with --port; --list shows the ports")
    return options


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError("seconds are more than 0, and a day at most")
    return seconds


def _channels(text: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(","))
    if not all(1 <= number <= 13 for number in numbers):
        raise argparse.ArgumentTypeError("channels are numbers from 1 to 13")
    return numbers


def _steps(text: str) -> tuple[str, ...]:
    wanted = {"hello", *text.split(",")}
    if strange := wanted - set(STEPS):
        raise argparse.ArgumentTypeError(f"there is no step {', '.join(sorted(strange))}")
    return tuple(key for key in STEPS if key in wanted)


def _open(session: Session, options: argparse.Namespace) -> None:
    """Open the ports, and see that the right boards are behind them."""
    role = _greeted(session, options.port)
    if options.sensor_port:
        other = _greeted(session, options.sensor_port)
        if (role, other) != (DISPLAY, SENSOR):
            raise CheckError(
                f"On --port is a {role} node, on --sensor-port a {other} node.",
                "The display node belongs on --port, the sensor node on --sensor-port.",
            )
    elif role != DISPLAY:
        session.talk.say("This is a sensor node: what needs the display node is left out.")


def _greeted(session: Session, url: str) -> str:
    """Open one port and return the role of the board behind it."""
    session.talk.say(f"Opening {url.partition('?')[0]} …")
    console = session.opened(url)
    session.consoles[f"port {url}"] = console  # so that it is closed, whatever comes
    role = str(console.hello().get("role"))
    del session.consoles[f"port {url}"]
    if role in session.consoles:
        console.close()
        raise CheckError(
            f"Both ports lead to a {role} node.",
            "The display node belongs on --port, the sensor node on --sensor-port.",
        )
    session.consoles[role] = console
    console.listener = session.note
    return role


def _run(session: Session, step: Step) -> list[Finding]:
    """Run one step and tell what it found."""
    number = [*STEPS.values()].index(step) + 1
    session.talk.say(f"[{number}/{len(STEPS)}] {step.run.__doc__}")
    if step.roles and not set(step.roles) & set(session.consoles):
        found = [Finding(step.title, f"no {step.roles[0]} node on a port", SKIPPED)]
    else:
        found = step.run(session)
    for one in found:
        session.talk.say(
            f"  {one.what}: {one.figure}" + ("" if one.verdict == "ok" else f"  <- {one.verdict}")
        )
    return found


def _put_back(session: Session) -> None:
    """Undo what was changed, and let go of the ports."""
    try:
        if session.undo is not None:
            session.talk.say("Putting the channel back …")
            session.undo()
    except CheckError as error:
        session.talk.say(f"The channel could not be put back: {error}")
    finally:
        for console in session.consoles.values():
            console.close()


def _header() -> dict[str, str]:
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "computer": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


def _write(path: Path | None, text: str, talk: Talk) -> None:
    """Print the report and keep it in a file."""
    print(text)
    path = path or Path(f"hardware-report-{datetime.now(UTC):%Y%m%d-%H%M%S}.md")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        talk.say(f"The report could not be written to {path}: {error.strerror}")
        return
    talk.say(f"Report: {path}. Attach it to an issue; it holds no key and no address.")


if __name__ == "__main__":
    sys.exit(main())
