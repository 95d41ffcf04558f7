"""Borrowed at the end of a start. In a board's image it takes out of the heap what was done for the last time."""


def forget_start() -> None:
    """Forget nothing where all of the sources are there (firmware/image/once.py)."""
