"""Fuzz what others can send us: serial lines, radio frames, advertisements, requests, commands, files.

Inputs are changed at random; those that reach a line or a branch for the first time are kept and changed further.
Each is given a right CRC, tag or encryption, so that what is behind it is reached. Seconds are of computing, for each
target.

  scripts/fuzz                                    every target for ten seconds
  scripts/fuzz hub radio_up --seconds 3600        two of them for an hour each
  scripts/fuzz --corpus ~/corpus --seconds 600    read inputs from there, keep the new ones there
  scripts/fuzz hub --input FILE                   see what one input does, such as a reproducer
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from . import corpus
from .catalogue import NAMES, target
from .stand_ins import PROJECT

FOUND = Path("fuzz-found")
GRACE_S = 120  # beyond its time, for starting and for putting inputs in order
INTERRUPTED = 130


def main() -> int:
    """Hunt in each target, one after the other; print what came of it."""
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )  # fmt: skip
    parser.add_argument("target", nargs="*", metavar="target", help=", ".join(NAMES))
    parser.add_argument("--seconds", type=float, default=10, help="for each target (10)")
    parser.add_argument(
        "--seed", type=int, help="the same seed makes the same inputs (default: the clock)"
    )
    parser.add_argument(
        "--corpus", type=Path, help="folder of inputs, read and written (default: ours, only read)"
    )
    parser.add_argument(
        "--found", type=Path, default=FOUND, help=f"where crashes are written ({FOUND})"
    )
    parser.add_argument("--input", type=Path, help="run this one input only")
    parser.add_argument("--list", action="store_true", help="say what the targets are")
    arguments = parser.parse_args()
    if arguments.list:
        print(
            "\n".join(f"{name:16} {(target(name).__doc__ or '').splitlines()[0]}" for name in NAMES)
        )
        return 0
    if unknown := set(arguments.target) - set(NAMES):
        parser.error(
            f"no target is called {', '.join(sorted(unknown))}: there are {', '.join(NAMES)}"
        )
    if arguments.seconds <= 0:
        parser.error("--seconds has to be more than 0")
    if arguments.input and (len(arguments.target) != 1 or not arguments.input.is_file()):
        parser.error("--input takes a file, and one target that it is for")
    if arguments.input:
        words = command(arguments.target[0], input=arguments.input.resolve())
        return subprocess.run(words, cwd=PROJECT, check=False).returncode
    return hunt(arguments)


def hunt(arguments: argparse.Namespace) -> int:
    """Run the targets; a Ctrl-C ends the present one and all that would follow."""
    interrupted: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: interrupted.append(number))
    results = []
    for name in arguments.target or NAMES:
        if not interrupted:
            results.append(one(name, arguments))
    print(table(results))
    for result in results:
        write(arguments.found, result)
    if any(result.get("crashes") or result.get("failed") for result in results):
        return 1
    return INTERRUPTED if interrupted else 0


def one(name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Hunt in one target, in a process of its own; return what came of it."""
    folder = {"corpus": arguments.corpus.resolve(), "keep": True} if arguments.corpus else {}
    seed = int(time.time()) if arguments.seed is None else arguments.seed
    words = command(name, seconds=arguments.seconds, seed=seed, **folder)
    with subprocess.Popen(
        words, cwd=PROJECT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=10 * arguments.seconds + GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()  # hung where no signal gets through
            said, _ = process.communicate()
    lines = said.strip().splitlines()
    if lines and lines[-1].startswith("{"):
        return {**json.loads(lines[-1]), "seed": seed}
    return {"target": name, "failed": f"ended with code {process.returncode}", "seed": seed}


def command(name: str, **options: object) -> list[str]:
    """Return the command that hunts in one target."""
    words = [sys.executable, "-m", "tests.fuzz.one", name]
    for option, value in options.items():
        words += [f"--{option}"] if value is True else [f"--{option}", str(value)]
    return words


def table(results: list[dict[str, Any]]) -> str:
    """Return one row for each target."""
    columns = ("target", "seed", "executions", "per second", "inputs", "new", "places", "crashes")
    rows = [columns]
    for one in results:
        if "failed" in one:
            rows.append((one["target"], str(one["seed"]), one["failed"]) + ("",) * 5)
            continue
        each_s = f"{one['executions'] / max(one['seconds'], 0.01):.0f}"
        rows.append((one["target"], str(one["seed"]), str(one["executions"]), each_s, str(one["inputs"]),
                     str(one["new"]), str(one["places"]), str(len(one["crashes"]))))  # fmt: skip
    widths = [max(len(row[at]) for row in rows) for at in range(len(columns))]
    lines = [
        "  ".join(word.ljust(width) if at == 0 else word.rjust(width)
                  for at, (word, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]  # fmt: skip
    return "\n".join(["", lines[0], *lines[1:]])


def write(folder: Path, result: dict[str, Any]) -> None:
    """Write each crash's input and story beside each other, and say where."""
    for number, crash in enumerate(result.get("crashes", ()), 1):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{result['target']}-{result['seed']}-{number}"
        path.with_suffix(".input").write_bytes(corpus.from_text(crash["data"]))
        path.with_suffix(".txt").write_text(f"{crash['data']}\n\n{crash['story']}", "utf-8")
        print(f"\n{result['target']}: {crash['where']}: {crash['what']}\n  {path}.input")


if __name__ == "__main__":
    sys.exit(main())
