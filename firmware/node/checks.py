"""What an option's value may be; borrowed together with the table that uses it."""


def whole(least: int, most: int):
    """Accept whole numbers within these limits."""
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    )


def text(most: int, least: int = 0):
    """Accept a text of so many bytes in UTF-8."""
    return lambda value: isinstance(value, str) and least <= len(value.encode()) <= most


def one_of(*choices):
    """Accept exactly these."""
    return lambda value: value in choices and not isinstance(value, bool)


def pin(value: object) -> bool:
    """Accept a pin's number, -1 for none."""
    return isinstance(value, int) and not isinstance(value, bool) and -1 <= value <= 48
