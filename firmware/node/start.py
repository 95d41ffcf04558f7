"""The first and the last that runs on a node: the watchdog, the prompt, a start that fails.

The watchdog cannot be stopped, not by a soft reset either (ports/esp32/machine_wdt.c keeps its handle), and
mpremote begins with a soft reset, which ends every timer that could feed it. So whoever wants the prompt gets
a hard reset first, with a note in RTC memory, which survives it (machine_rtc.c, RTC_NOINIT_ATTR).
"""

import asyncio
import sys
import time

import machine

from node.borrowed import Borrowed
from node.kept import Kept
from node.watchdog import Watchdog

PAUSE_MS = 10_000
PROMPT = "The prompt, as asked for. Ctrl-D starts the node."


def start(build) -> None:
    """Run the app that `build(kept, watchdog)` makes; comes back only where a prompt is wanted."""
    with Borrowed("node.suitable") as suitable:
        refusal = suitable.refusal()
    if refusal:
        print(refusal)
        return
    kept = Kept()
    if kept.take_prompt():
        print(PROMPT)
        return
    try:
        _run(build, kept)
    except KeyboardInterrupt:  # in safe mode, or before the node has taken over the port
        if not kept.safe:
            kept.ask_prompt()
            machine.reset()
        print(PROMPT)


def _run(build, kept) -> None:
    """Run until something fails, then start afresh."""
    watchdog = Watchdog()
    if not kept.safe:
        watchdog.start()
    try:
        asyncio.run(build(kept, watchdog).main())
    except Exception as error:
        if kept.safe:
            raise
        try:
            kept.give_reason(f"stopped: {type(error).__name__}: {error}")
            sys.print_exception(error)
        except MemoryError:  # the reset is what matters
            pass
        time.sleep_ms(PAUSE_MS)
        machine.reset()
