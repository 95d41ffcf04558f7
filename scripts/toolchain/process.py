"""Runs other programs: quietly, with a clean environment, and with their last words when they fail."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from .failure import Failure

# Variables that would bend a child's Python away from the environment it was started in, or make every
# start compile Home Assistant again (PYTHONDONTWRITEBYTECODE: 10 s instead of 3 s).
UNWANTED = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX")


def clean_environment(**extra: str) -> dict[str, str]:
    """Return the environment for children, plus `extra`."""
    environment = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    environment.update(extra)
    return environment


def become(command: Sequence[str], **extra: str) -> NoReturn:
    """Turn this process into another program, so that signals and exit code are its own."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], list(command), clean_environment(**extra))


def output(command: Sequence[str], timeout: float | None = None, **extra: str) -> str:
    """Run a command and return what it printed; a Failure holds its last words."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            env=clean_environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise Failure(f"The program {words[0]} is missing.") from error
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{' '.join(words[:3])} did not answer within {timeout:.0f} s.") from error
    if done.returncode:
        raise Failure(
            f"{' '.join(words[:3])} ended with code {done.returncode}.", last_words(done.stdout)
        )
    return done.stdout


def last_words(text: str, lines: int = 12) -> str:
    """Return the end of an output, short enough for a terminal."""
    return "\n".join(line[:300] for line in text.strip().splitlines()[-lines:])
