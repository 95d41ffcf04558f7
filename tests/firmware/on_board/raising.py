"""What pytest has and MicroPython has not."""


def raises(error, function, *arguments):
    try:
        function(*arguments)
    except error as caught:
        return caught
    raise AssertionError("nothing raised")
