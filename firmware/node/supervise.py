"""Keep a task alive: an exception is told with its text, and the task starts again."""

import asyncio
import time

from node.age import age_ms

PAUSE_MS = 1000
LONGEST_PAUSE_MS = 30_000
STEADY_MS = 60_000  # a task that ran this long has recovered
MOST_IN_A_ROW = 8
# A restart helps against a state gone wrong, not against a defect: the rest of the node goes on meanwhile.
RESTART_AFTER_S = 600


async def supervise(app, pulse, run) -> None:
    """Run `run(pulse)` again and again; cancelling is the only way to end it."""
    in_a_row = 0
    while True:
        pulse.beat()
        began = time.ticks_ms()
        try:
            await run(pulse)
            text = "ended"
            app.log.warning(f"{pulse.name} ended, starting it again")
        except Exception as error:
            text = type(error).__name__
            try:
                app.log.fault(pulse.name, error)
                if isinstance(error, MemoryError):
                    app.shed_load()
            except MemoryError:  # not even for saying so, nor for anything that comes in
                app.restart("memory exhausted")
        pulse.restarts += 1
        in_a_row = 1 if age_ms(began, time.ticks_ms()) > STEADY_MS else in_a_row + 1
        if in_a_row >= MOST_IN_A_ROW and app.uptime.seconds() >= RESTART_AFTER_S:
            app.restart(f"{pulse.name} fails: {text}")
        pulse.rest()  # what it does until then is wait
        await asyncio.sleep_ms(min(PAUSE_MS << min(in_a_row - 1, 8), LONGEST_PAUSE_MS))
