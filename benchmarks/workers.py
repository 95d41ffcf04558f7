"""Several worlds at once, each in a process of its own: it has its own clock and keeps to one core."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor

from .progress import progress


def spread[Job, Found](measure: Callable[[Job], Found], jobs: Iterable[Job]) -> list[Found]:
    """Measure every job, as many at a time as there are cores; return what was found in the jobs' order."""
    todo = list(jobs)
    with ProcessPoolExecutor(os.cpu_count(), max_tasks_per_child=1) as pool:
        futures = [pool.submit(measure, job) for job in todo]
        try:
            found = []
            for number, future in enumerate(futures, 1):
                found.append(future.result())
                progress(f"{todo[number - 1]} ({number} of {len(todo)})")
            return found
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
