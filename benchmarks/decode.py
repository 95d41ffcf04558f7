"""One advertisement decoded: `protocol/` on CPython beside the two packages that Home Assistant's users have."""

from collections.abc import Callable
from statistics import mean
from time import thread_time
from timeit import Timer

from . import vectors
from .extent import Extent
from .row import Goal, Row, Table

GOAL = Goal(at_most=0.2, of_ratio=True)  # five times faster
_CALLS = 200  # a round is short enough to fall between two interruptions
_US = 1e6

type Call = Callable[[], object]


def measure(extent: Extent) -> Table:
    """Time every vector that all three can read, in turns; the best round of each counts."""
    from simulator.protocol_route import module

    decode = module("instant_readout").decode
    ours: dict[str, list[float]] = {}
    parse: dict[str, list[float]] = {}
    update: dict[str, list[float]] = {}
    for vector in vectors.decodable():
        calls: list[Call] = [
            lambda one=vector: decode(one.md, one.key).fields,
            _parse(vector),
            _update(vector),
        ]
        for found, us in zip((ours, parse, update), _best(calls, extent.rounds), strict=True):
            found.setdefault(vector.record, []).append(us)
    rows = [
        Row(
            f"{record}: decode, every value in its unit", mean(ours[record]), mean(parse[record]),
            extent.if_long(GOAL), "µs",
        )
        for record in sorted(ours)
    ]  # fmt: skip
    everything = [us for found in ours.values() for us in found]
    rows.append(_row_of_all("all vectors, beside parse()", everything, parse))
    rows.append(
        _row_of_all("all vectors, beside victron-ble-ha-parser update()", everything, update)
    )
    left_out = ", ".join(vectors.left_out()) or "none"
    return Table(
        "Decode one advertisement",
        rows,
        (
            f"Published captures and records of `tests/protocol/vectors.json` ({len(everything)}), "
            "the same for all, decrypted with the device's key, in turns in one process; processor "
            "time, the mean of the vectors of a record, of each the best of "
            f"{extent.rounds} rounds. The peer of the rows of records is `victron-ble`'s `parse()` "
            "on an object made before.",
            f"Left out, because a peer cannot read them: {left_out}.",
            *extent.remark("the few vectors of a record, of which it times four rounds"),
        ),
        "victron-ble",
    )


def _row_of_all(name: str, ours: list[float], peer: dict[str, list[float]]) -> Row:
    theirs = [us for found in peer.values() for us in found]
    return Row(name, mean(ours), mean(theirs), GOAL, "µs")


def _best(calls: list[Call], rounds: int) -> list[float]:
    """Return the µs of each call; they take turns, so that what disturbs one disturbs all."""
    # Processor time: what takes longer is stopped for others more often.
    timers = [Timer(call, timer=thread_time) for call in calls]
    found = [float("inf")] * len(calls)
    for _ in range(rounds):
        found = [min(best, timer.timeit(_CALLS)) for best, timer in zip(found, timers, strict=True)]
    return [best / _CALLS * _US for best in found]


def _parse(vector: vectors.Vector) -> Call:
    device = vectors.peer_of(vector)
    return lambda: device.parse(vector.md)


def _update(vector: vectors.Vector) -> Call:
    parser, info = vectors.ha_parser_of(vector)
    return lambda: parser.update(info)
