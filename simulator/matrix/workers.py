"""Runs pairs in processes of their own, as many at once as there are cores."""

import asyncio
import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import NoReturn

from ..image import image
from ..world import FIRMWARE
from .pair import Pair, Result, run


def cores() -> int:
    """Return how many processes the machine can run at once."""
    return os.process_cpu_count() or 1


def results(pairs: Iterable[Pair], jobs: int) -> Iterator[Result]:
    """Yield each as it is there; the pairs that have not begun are given up when nobody asks any more."""
    for role in ("display", "sensor"):
        image(FIRMWARE, role)  # once, not by each process
    with ProcessPoolExecutor(jobs, initializer=_be_a_worker) as pool:
        try:
            for future in as_completed([pool.submit(_work, pair) for pair in pairs]):
                yield future.result()
        except BaseException:
            pool.terminate_workers()
            raise


def _be_a_worker() -> None:
    """Leave Ctrl-C to the parent, and clean up when it says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _work(pair: Pair) -> Result:
    try:
        return asyncio.run(run(pair))
    except KeyboardInterrupt:
        os._exit(1)  # the pool would take it for the end of this pair alone
