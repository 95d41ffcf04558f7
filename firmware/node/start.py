"""The first and the last that runs on a node: the watchdog, the prompt, a start that fails.

The watchdog cannot be stopped, not by a soft reset either (ports/esp32/machine_wdt.c keeps its handle), and
mpremote begins with a soft reset, which ends every timer that could feed it. So whoever wants the prompt gets
a hard reset first, with a note in RTC memory, which survives it (machine_rtc.c, RTC_NOINIT_ATTR).
"""

import asyncio
import sys
import time

import machine

from node import version
from node.kept import Kept
from node.watchdog import Watchdog

PAUSE_MS = 10_000  # Ctrl-C still works in it


def start(build) -> None:
    """Run the app that `build(kept, watchdog)` makes; comes back only where a prompt is wanted."""
    refusal = version.refusal()
    if refusal:
        print(refusal)
        return
    kept = Kept()
    if kept.take_prompt():
        print("The prompt, as asked for. Ctrl-D starts the node.")
        return
    watchdog = Watchdog()
    if not kept.safe:
        watchdog.start()
    try:
        asyncio.run(build(kept, watchdog).main())
    except Exception as error:
        if kept.safe:
            raise
        sys.print_exception(error)
        kept.give_reason(f"start failed: {type(error).__name__}: {error}")
        time.sleep_ms(PAUSE_MS)
        machine.reset()
