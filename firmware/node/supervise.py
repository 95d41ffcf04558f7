"""Keep a task alive: an exception is told with its text, and the task starts again."""

import asyncio

PAUSE_MS = 1000


async def supervise(log, pulse, run) -> None:
    """Run `run(pulse)` again and again; cancelling is the only way to end it."""
    while True:
        pulse.beat()
        try:
            await run(pulse)
            log.warning(f"{pulse.name} ended, starting it again")
        except Exception as error:
            log.fault(pulse.name, error)
        pulse.beat()
        await asyncio.sleep_ms(PAUSE_MS)
