"""The nodes: heap for each advertisement and frame, the heap that our code keeps, and the longest pauses."""

import asyncio

from . import allocations, resident_heap
from .extent import Extent
from .row import Goal, Row, Table

NOTHING = Goal(at_most=0)
_LITTLE = Goal(at_most=resident_heap.GROWTH)
_KB = 1024
_SHORT_SETTLE_S = 25
_ALLOCATED = (
    ("adv-new", "sensor node: an advertisement with a new nonce, in the interrupt", NOTHING),
    ("adv-repeat", "sensor node: a repeated advertisement, in the interrupt", NOTHING),
    ("adv-foreign", "sensor node: somebody else's advertisement, in the interrupt", NOTHING),
    ("frame-sent", "sensor node: a frame of four readings, packed and signed", None),
    ("frame-taken", "display node: a frame of four readings, checked and handed on", None),
    ("line", "display node: a reading as a line of the serial port", None),
    ("decode", "display node: a reading decrypted and decoded", None),
)


def measure(extent: Extent) -> Table:
    """Measure the pieces, then whole nodes."""
    allocated = allocations.measure()
    settle_s = _SHORT_SETTLE_S if extent.short else resident_heap.SETTLE_S
    heaps = asyncio.run(
        resident_heap.measure(extent.boards_s, settle_s=settle_s, turning=not extent.short)
    )
    rows = [
        Row(f"allocated for {what}", allocated[key], None, goal, "B", 0)
        for key, what, goal in _ALLOCATED
    ]
    for role in resident_heap.GOALS:
        rows += _rows(role, [heap for heap in heaps if heap.role == role], extent)
    return Table(
        "The nodes' memory and pauses",
        rows,
        (
            "Allocated: garbage included; the collector gives it back. Resident: what our code keeps, with "
            f"{resident_heap.DEVICES} devices and {resident_heap.SENSORS} sensor nodes, as "
            "`benchmarks/resident_heap.py` measures and explains it, over "
            f"{extent.boards_s} s of the twin (its own run is an hour). On the 32-bit interpreter, "
            "whose objects have a chip's sizes. The room of a node's name is the code of all "
            "packages, which the image joins.",
            "Pauses are this computer's, not a chip's: what they are good for is comparing one "
            "version with the next. A collection is the median. A turn is what a task does until it "
            "waits, collections included, in processor time; the twin's stand-ins are in it, and "
            "the pages that the OLED turns.",
            *extent.remark(
                "what a node keeps: in so short a time it has shown and needed little of all it can"
            ),
        ),
    )


def _rows(role: str, heaps: list[resident_heap.Heap], extent: Extent) -> list[Row]:
    """Return the worst board of a role."""
    worst = max(heaps, key=lambda heap: heap.resident)
    name = f"{role} node"
    goal = extent.if_long(Goal(at_most=resident_heap.GOALS[role] / _KB))
    rooms = ((room, size) for room, size in worst.rooms.items() if size)
    growth = max(heap.growth for heap in heaps)
    peak = max(heap.peak for heap in heaps)
    borrowing = max(heap.borrowing for heap in heaps)
    collection, turn = (max(found) for found in zip(*(one.pauses_us for one in heaps), strict=True))
    return [
        Row(f"{name}: resident heap", worst.resident / _KB, None, goal, "KB"),
        *(Row(f"{name}: of it {room}", size / _KB, unit="KB") for room, size in rooms),
        Row(f"{name}: growth in steady state", growth, None, extent.if_long(_LITTLE), "B", 0),
        Row(f"{name}: with code that is read for the moment", borrowing / _KB, unit="KB"),
        Row(f"{name}: the most at the end of an import", peak / _KB, unit="KB"),
        Row(f"{name}: a garbage collection", collection / 1000, unit="ms", digits=2),
        Row(f"{name}: longest pause, a task's turn", turn / 1000, unit="ms", digits=0),
    ]
