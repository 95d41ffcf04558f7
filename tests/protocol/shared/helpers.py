"""What the tests of both interpreters share."""


def raises(error, function, *args):
    """The error that `function(*args)` raises; anything else fails the test."""
    try:
        result = function(*args)
    except error as caught:
        return caught
    raise AssertionError(f"{error.__name__} expected, got {result!r}")
