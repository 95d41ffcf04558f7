"""Keep a task alive: an exception is told with its text, and the task starts again."""

import asyncio

PAUSE_MS = 1000


async def supervise(log, name: str, make) -> None:
    """Run `make()` again and again; cancelling is the only way to end it."""
    while True:
        try:
            await make()
            log.warning(f"{name} ended, starting it again")
        except Exception as error:
            log.fault(name, error)
        await asyncio.sleep_ms(PAUSE_MS)
