"""From one device to fifty: processor time and memory of Home Assistant and of the nodes."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from . import resident_heap
from .extent import Extent
from .row import Goal, Row, Table
from .workers import spread

LINEAR = Goal(at_most=1, of_ratio=True)
# A cost that grows with the square of their number more than trebles from the lower half of the sizes to the upper.
NO_STEEPER = Goal(at_most=2, of_ratio=True)
_OPTIONS = ("-q", "--no-header", "-p", "no:cacheprovider", "-W", "ignore", "-o", "timeout=0")
_THERE = str(Path(__file__).with_name("growth_in_home_assistant.py"))
SECONDS, NUMBERS = "GROWTH_SECONDS", "GROWTH_NUMBERS"
_KB = 1024
_SETTLE_S, _HEAP_S = 25, 20
_NODES, _HOME_ASSISTANT = "the nodes", "Home Assistant"
_PROCESSOR, _MEMORY = "Home Assistant: processor time of a second", "Home Assistant: memory"
_DISPLAY_TIME, _DISPLAY_HEAP = (
    "display node: processor time of a second",
    "display node: resident heap",
)
_SENSOR_TIME, _SENSOR_HEAP = "sensor node: processor time of a second", "sensor node: resident heap"
# What is measured, its unit, and whether each device adds to it; a node's heap has tables of a fixed size.
_FIGURES = (
    (_PROCESSOR, "ms", True),
    (_MEMORY, "KB", True),
    (_DISPLAY_TIME, "ms", True),
    (_DISPLAY_HEAP, "KB", False),
    (_SENSOR_TIME, "ms", True),
    (_SENSOR_HEAP, "KB", False),
)

type Figures = dict[str, float]  # by what was measured
type Sizes = dict[int, Figures]  # by the number of devices


@dataclass(frozen=True, slots=True)
class Job:
    """Some sizes of a trailer, one after the other, for the nodes or for Home Assistant."""

    numbers: tuple[int, ...]
    seconds: int
    where: str

    def __str__(self) -> str:
        """Return it for the progress."""
        return f"{self.where}, {', '.join(map(str, self.numbers))} devices"


@dataclass(frozen=True, slots=True)
class Needs:
    """What was needed with each number of devices, and how many of them were at the hub."""

    sizes: Sizes
    at_hub: int = 0


class InHomeAssistant:
    """What was measured there; a plugin of pytest's run, where the test finds it."""

    def __init__(self) -> None:
        self.sizes: Sizes = {}

    def take(self, number: int, second_us: float, kilobytes: float) -> None:
        """Take the figures of one size."""
        self.sizes[number] = {_PROCESSOR: second_us / 1000, _MEMORY: kilobytes}


def measure(extent: Extent) -> Table:
    """Measure every size, on both sides."""
    each = [(number,) for number in reversed(extent.growth)]  # the longest first
    # Most of a size is to start Home Assistant: in a hurry it is started once.
    home_assistant = [extent.growth] if extent.short else each
    jobs = [Job(numbers, extent.growth_s, _NODES) for numbers in each]
    jobs += [Job(numbers, extent.growth_s, _HOME_ASSISTANT) for numbers in home_assistant]
    found = spread(_needs, jobs)
    sizes: Sizes = {number: {} for number in extent.growth}
    for needs in found:
        for number, figures in needs.sizes.items():
            sizes[number] |= figures
    at_hub = ", ".join(
        f"{needs.at_hub} of {job.numbers[0]}"
        for job, needs in sorted(zip(jobs, found, strict=True), key=lambda one: one[0].numbers)
        if job.where == _NODES
    )
    return Table(
        f"Growth from {extent.growth[0]} to {extent.growth[-1]} devices",
        rows(sizes),
        (
            "Linear: as many times the first figure as there are more devices. Processor time is this "
            "computer's, the nodes' with the twin's stand-ins. Home Assistant's memory is all that "
            "Python allocated from the set-up on, states and database buffers too.",
            *_note_on_steepness(extent.growth),
            "A sensor node holds 24 devices and the display node 24 keys: what one node hears "
            f"beyond that it drops and counts. Devices at the hub: {at_hub}.",
        ),
        "linear",
    )  # fmt: skip


def rows(sizes: Sizes) -> list[Row]:
    """Return a row for each figure and size, and what one more device costs among few and among many."""
    found = []
    for name, unit, by_device in _FIGURES:
        of_size = {number: figures[name] for number, figures in sizes.items()}
        found += [_row(name, unit, of_size, number) for number in of_size]
        if by_device and len(sizes) > 2:
            found.append(_steepness(name, unit, of_size))
    return found


def _row(name: str, unit: str, figures: dict[int, float], number: int) -> Row:
    title = f"{name}, {number} device{'s' * (number > 1)}"
    least = min(figures)
    if number == least:
        return Row(title, figures[number], unit=unit)
    return Row(title, figures[number], figures[least] * number / least, LINEAR, unit)


def _steepness(name: str, unit: str, figures: dict[int, float]) -> Row:
    """Compare what a further device costs between the two largest sizes with what it costs below."""
    least, *_, middle, most = sorted(figures)
    few = (figures[middle] - figures[least]) / (middle - least)
    many = (figures[most] - figures[middle]) / (most - middle)
    return Row(f"{name}, each further device above {middle}", many, few, NO_STEEPER, unit, 2)


def _note_on_steepness(numbers: tuple[int, ...]) -> tuple[str, ...]:
    if len(numbers) < 3:
        return ("Whether a further device costs more among many takes three sizes: a whole run.",)
    least, *_, middle, most = numbers
    return (
        "What stays the same however many devices there are hides how the rest grows. So each further device "
        f"above {middle}, up to {most}, is beside each further one from {least} to {middle}.",
    )


def _needs(job: Job) -> Needs:
    if job.where == _HOME_ASSISTANT:
        return _of_home_assistant(job)
    (number,) = job.numbers
    return asyncio.run(_in_the_twin(number, job.seconds))


def _of_home_assistant(job: Job) -> Needs:
    import pytest

    os.environ[SECONDS] = str(job.seconds)
    os.environ[NUMBERS] = " ".join(map(str, job.numbers))
    found = InHomeAssistant()
    if pytest.main([_THERE, *_OPTIONS], plugins=[found]):
        raise RuntimeError(f"{job}: not measured")
    return Needs(found.sizes)


async def _in_the_twin(number: int, seconds: int) -> Needs:
    from simulator.bars.site import site
    from simulator.provision import push_key

    from .simulated_hour import _processor_s

    async with site(1, number=number, loss=0) as one:
        for device in one.source.devices[: resident_heap.MOST_KEYS]:
            assert device.key is not None
            await push_key(one.display, device.address, device.key, device.name)
        await one.world.sleep(_SETTLE_S)
        nodes = (one.display, one.sensors[0])
        before = [_processor_s(node.pid) for node in nodes]
        one.hub.forget()
        await one.world.sleep(seconds)
        display, sensor = (
            1000 * (_processor_s(node.pid) - used) / seconds
            for node, used in zip(nodes, before, strict=True)
        )
        at_hub = len(one.hub.arrivals)
    heaps = await resident_heap.measure(
        _HEAP_S, sensors=1, settle_s=_SETTLE_S, turning=False, devices=number
    )
    display_kb, sensor_kb = (heap.resident / _KB for heap in heaps)
    figures = {
        _DISPLAY_TIME: display, _DISPLAY_HEAP: display_kb, _SENSOR_TIME: sensor, _SENSOR_HEAP: sensor_kb,
    }  # fmt: skip
    return Needs({number: figures}, at_hub)
