"""`python -m simulator.matrix`: runs the pairs, prints the table; the exit code is 1 when a rule is broken."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from ..faults.catalogue import FAULTS
from . import plan, table
from .judge import RULES
from .moments import MOMENTS
from .pair import Pair, Result
from .workers import cores, results

PAGE = Path(__file__).parents[2] / "docs" / "fault-matrix.md"
_INTERRUPTED = 130
_TELL_EVERY_S = 15


def main(words: Sequence[str] | None = None) -> int:
    """Parse, run, print."""
    parser = _parser()
    arguments = parser.parse_args(words)
    if arguments.write and (arguments.fault or arguments.moment):
        parser.error("a part of the matrix is not written")
    signal.signal(signal.SIGTERM, _stop)
    found: list[Result] = []
    interrupted = False
    try:
        _run(arguments, found)
    except KeyboardInterrupt:
        interrupted = True
    _print(found, arguments.json)
    if interrupted:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED
    if arguments.write:
        PAGE.write_text(table.as_markdown(found, arguments.quick))
    return int(any(one.complaints for one in found))


def _stop(_signal: int, _frame: object) -> NoReturn:
    """Treat a request to end like Ctrl-C: the workers end, too."""
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/matrix",
        description="Lets every fault happen at every moment, in virtual time, and judges what becomes of it.",
        epilog="Exit code 1 when a rule is broken: "
        + "; ".join(f"{rule} {about}" for rule, about in RULES.items()),
    )
    add = parser.add_argument
    faults, moments = ([one.name for one in rows] for rows in (FAULTS, MOMENTS))
    add("--quick", action="store_true", help="every fourth pair, each at one time")
    add("--json", action="store_true", help="print JSON instead of a table")
    add("--write", action="store_true", help=f"write docs/{PAGE.name}")
    add("--jobs", type=_number, default=cores(), metavar="N", help=f"at once ({cores()})")
    add("--seed", type=int, default=1, metavar="N", help="of everything that is left to chance (1)")
    add(
        "--fault",
        action="append",
        metavar="NAME",
        choices=faults,
        help="only this one; several may be given",
    )
    add("--moment", action="append", metavar="NAME", choices=moments, help="likewise")  # fmt: skip
    return parser


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _run(arguments: argparse.Namespace, found: list[Result]) -> None:
    """Run all moments without a fault, then the pairs; what is there already is in `found`."""
    started = time.monotonic()
    for one in results(_chosen(plan.without_faults(), arguments), arguments.jobs):
        found.append(one)
        _tell(one)
    calm = {moment.name: Result(Pair("", moment.name, "")) for moment in MOMENTS}
    calm |= {one.pair.moment: one for one in found}
    pairs = _chosen((plan.quick if arguments.quick else plan.whole)(calm), arguments)
    told = started
    for number, one in enumerate(results(pairs, arguments.jobs), 1):
        found.append(one)
        _tell(one)
        now = time.monotonic()
        if now - told > _TELL_EVERY_S:
            told = now
            left = (now - started) / number * (len(pairs) - number)
            broken = sum(bool(each.complaints) for each in found)
            _say(f"{number} of {len(pairs)}, {broken} broken, about {left / 60:.0f} min left")
    _say(f"{len(found)} runs in {(time.monotonic() - started) / 60:.1f} min")


def _chosen(pairs: list[Pair], arguments: argparse.Namespace) -> list[Pair]:
    """Return those that were asked for."""
    calm = plan.without_faults()
    return [
        replace(one, seed=arguments.seed)
        for one in pairs
        if (not arguments.moment or one.moment in arguments.moment)
        and (not arguments.fault or one in calm or one.fault in arguments.fault)
    ]


def _tell(one: Result) -> None:
    for rule, text in one.complaints:
        _say(f"{rule} {one.pair}: {text}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _print(found: list[Result], as_json: bool) -> None:
    if as_json:
        print(json.dumps([_entry(one) for one in found], indent=1))
        return
    print(table.as_text(found))
    print("", *(f"{rule} = {about}" for rule, about in RULES.items()), sep="\n")


def _entry(one: Result) -> dict[str, object]:
    pair = one.pair
    return {
        "fault": pair.fault, "moment": pair.moment, "when": pair.when, "seed": pair.seed, "struck": one.struck,
        "fresh_s": round(one.fresh_s, 2) if one.fresh_s != float("inf") else None,
        "broken": [{"rule": rule, "what": text} for rule, text in one.complaints],
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
