"""What every command has in common: failures are one sentence, Ctrl-C is quiet."""

from __future__ import annotations

import signal
from typing import Callable, NoReturn

from .failure import Failure
from .progress import say

INTERRUPTED = 130


def guarded(main: Callable[[], int]) -> int:
    """Run a command's main function; never show a traceback for something the user can mend."""
    signal.signal(signal.SIGTERM, stop)  # so that partial folders are removed then too
    try:
        return main()
    except Failure as failure:
        say("")
        if failure.detail:
            say("\n".join(f"    {line}" for line in failure.detail.splitlines()))
        say(f"Error: {failure}")
        return 1
    except OSError as error:
        say(f"Error: {error.filename or 'the system'}: {error.strerror or error}.")
        return 1
    except KeyboardInterrupt:
        say("\nStopped; what was half done is removed again.")
        return INTERRUPTED


def stop(_signal: int, _frame: object) -> NoReturn:
    """Treat a request to end like Ctrl-C."""
    raise KeyboardInterrupt
