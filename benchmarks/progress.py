"""Says on standard error what is under way; standard output is for the tables."""

import sys


def progress(text: str) -> None:
    """Write one line."""
    print(f"  {text}", file=sys.stderr, flush=True)
