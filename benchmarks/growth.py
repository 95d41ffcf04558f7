"""From one device to fifty: processor time and memory of Home Assistant and of the nodes."""

import asyncio
import os
from dataclasses import dataclass, replace
from pathlib import Path

from . import resident_heap
from .extent import Extent
from .row import Goal, Row, Table
from .workers import spread

LINEAR = Goal(at_most=1, of_ratio=True)
_OPTIONS = ("-q", "--no-header", "-p", "no:cacheprovider", "-W", "ignore", "-o", "timeout=0")
_THERE = str(Path(__file__).with_name("growth_in_home_assistant.py"))
SECONDS, NUMBER = "GROWTH_SECONDS", "GROWTH_NUMBER"
_KB = 1024
_SETTLE_S, _HEAP_S = 25, 20
_NODES, _HOME_ASSISTANT = "the nodes", "Home Assistant"
_PROCESSOR, _MEMORY = "Home Assistant: processor time of a second", "Home Assistant: memory"
_DISPLAY_TIME, _DISPLAY_HEAP = (
    "display node: processor time of a second",
    "display node: resident heap",
)
_SENSOR_TIME, _SENSOR_HEAP = "sensor node: processor time of a second", "sensor node: resident heap"
_FIGURES = (
    (_PROCESSOR, "ms", _HOME_ASSISTANT),
    (_MEMORY, "KB", _HOME_ASSISTANT),
    (_DISPLAY_TIME, "ms", _NODES),
    (_DISPLAY_HEAP, "KB", _NODES),
    (_SENSOR_TIME, "ms", _NODES),
    (_SENSOR_HEAP, "KB", _NODES),
)


@dataclass(frozen=True, slots=True)
class Job:
    """One size of a trailer, for the nodes or for Home Assistant."""

    devices: int
    seconds: int
    where: str

    def __str__(self) -> str:
        """Return it for the progress."""
        return f"{self.where}, {self.devices} devices"


@dataclass(frozen=True, slots=True)
class Needs:
    """What one side needed, by what is measured."""

    figures: dict[str, float]
    at_hub: int = 0  # devices


class InHomeAssistant:
    """What was measured there; a plugin of pytest's run, where the test finds it."""

    def __init__(self) -> None:
        self.second_us = 0.0
        self.kilobytes = 0.0


def measure(extent: Extent) -> Table:
    """Measure every size, on both sides."""
    jobs = [
        Job(number, extent.growth_s, where)
        for where in (_NODES, _HOME_ASSISTANT)
        for number in reversed(extent.growth)  # the longest first
    ]
    found = dict(zip(jobs, spread(_needs, jobs), strict=True))
    least = extent.growth[0]
    rows = [
        _row(
            name,
            unit,
            job,
            found[job].figures[name],
            found[replace(job, devices=least)].figures[name],
            least,
        )
        for name, unit, where in _FIGURES
        for job in reversed(jobs)
        if job.where == where
    ]
    at_hub = ", ".join(
        f"{found[job].at_hub} of {job.devices}" for job in reversed(jobs) if job.where == _NODES
    )
    return Table(
        "Growth from 1 to 50 devices",
        rows,
        (
            "Linear: as many times the first figure as there are more devices. Processor time is this "
            "computer's, the nodes' with the twin's stand-ins. Home Assistant's memory is all that "
            "Python allocated from the set-up on, states and database buffers too.",
            "A sensor node holds 24 devices and the display node 24 keys: what one node hears "
            f"beyond that it drops and counts. Devices at the hub: {at_hub}.",
        ),
        "linear",
    )  # fmt: skip


def _row(name: str, unit: str, job: Job, figure: float, of_least: float, least: int) -> Row:
    title = f"{name}, {job.devices} device{'s' * (job.devices > 1)}"
    if job.devices == least:
        return Row(title, figure, unit=unit)
    return Row(title, figure, of_least * job.devices / least, LINEAR, unit)


def _needs(job: Job) -> Needs:
    return (
        _of_home_assistant(job) if job.where == _HOME_ASSISTANT else asyncio.run(_in_the_twin(job))
    )


def _of_home_assistant(job: Job) -> Needs:
    import pytest

    os.environ[SECONDS] = str(job.seconds)
    os.environ[NUMBER] = str(job.devices)
    found = InHomeAssistant()
    if pytest.main([_THERE, *_OPTIONS], plugins=[found]):
        raise RuntimeError(f"{job}: not measured")
    return Needs({_PROCESSOR: found.second_us / 1000, _MEMORY: found.kilobytes})


async def _in_the_twin(job: Job) -> Needs:
    from simulator.bars.site import site
    from simulator.provision import push_key

    from .simulated_hour import _processor_s

    async with site(1, number=job.devices, loss=0) as one:
        for device in one.source.devices[: resident_heap.MOST_KEYS]:
            assert device.key is not None
            await push_key(one.display, device.address, device.key, device.name)
        await one.world.sleep(_SETTLE_S)
        nodes = (one.display, one.sensors[0])
        before = [_processor_s(node.pid) for node in nodes]
        one.hub.forget()
        await one.world.sleep(job.seconds)
        display, sensor = (
            1000 * (_processor_s(node.pid) - used) / job.seconds
            for node, used in zip(nodes, before, strict=True)
        )
        at_hub = len(one.hub.arrivals)
    heaps = await resident_heap.measure(
        _HEAP_S, sensors=1, settle_s=_SETTLE_S, turning=False, devices=job.devices
    )
    display_kb, sensor_kb = (heap.resident / _KB for heap in heaps)
    figures = {
        _DISPLAY_TIME: display, _DISPLAY_HEAP: display_kb, _SENSOR_TIME: sensor, _SENSOR_HEAP: sensor_kb,
    }  # fmt: skip
    return Needs(figures, at_hub)
