"""asyncio's queue and task, which MicroPython has in C: that C code reads the real clock.

The same interface and states as `_asyncio`; the queue is a sorted list, since a node has few tasks.
"""

import time
from time import ticks_diff

_core = None  # asyncio.core, which imports this file while it is itself being imported


def _the_core():
    global _core
    if _core is None:
        import asyncio.core

        _core = asyncio.core
    return _core


class TaskQueue:
    def __init__(self):
        self._tasks = []

    def peek(self):
        return self._tasks[0] if self._tasks else None

    def push(self, task, when=None):
        assert task.ph_key is None or task not in self._tasks
        task.data = None
        task.ph_key = time.ticks_ms() if when is None else when
        at = len(self._tasks)
        while at and ticks_diff(self._tasks[at - 1].ph_key, task.ph_key) > 0:
            at -= 1
        self._tasks.insert(at, task)

    def pop(self):
        return self._tasks.pop(0)

    def remove(self, task):
        self._tasks.remove(task)


class Task:
    def __init__(self, coro, globals=None):
        self.coro = coro
        self.data = None  # what it waits on, or the exception to throw into it
        self.state = True  # running; a queue: awaited by its tasks; None, False: finished
        self.ph_key = None

    def __iter__(self):
        if not self.state:
            self.state = False  # somebody looks at its end
        elif self.state is True:
            self.state = TaskQueue()
        elif not isinstance(self.state, TaskQueue):
            raise RuntimeError("can't wait")
        return self

    def __next__(self):
        if not self.state:
            raise self.data
        waiting = _the_core().cur_task
        self.state.push(waiting)
        waiting.data = self

    def done(self):
        return not self.state

    def cancel(self):
        if not self.state:
            return False
        core = _the_core()
        if self is core.cur_task:
            raise RuntimeError("can't cancel self")
        task = self
        while isinstance(task.data, Task):
            task = task.data
        if hasattr(task.data, "remove"):
            task.data.remove(task)
            core._task_queue.push(task)
        elif ticks_diff(task.ph_key, time.ticks_ms()) > 0:
            core._task_queue.remove(task)
            core._task_queue.push(task)
        task.data = core.CancelledError
        return True
