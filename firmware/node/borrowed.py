"""Modules that are needed now and then: read from flash for the moment, not kept in the heap."""

import sys


class Borrowed:
    """`with Borrowed("node.provisioning") as module:`; with it go the modules that it brought along."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._before = set(sys.modules)

    def __enter__(self):
        return needed(self._name)

    def __exit__(self, *_exception) -> None:
        for name in set(sys.modules) - self._before:
            package, _, leaf = name.rpartition(".")
            del sys.modules[name]
            if package in sys.modules:
                delattr(sys.modules[package], leaf)


class OneAtATime:
    """Of modules that are wanted for a while each, such as pages, only the newest stays."""

    def __init__(self) -> None:
        self._name = ""
        self._held = []

    def get(self, name: str):
        """Return the module; the one before it goes."""
        if name != self._name:
            self.forget()  # before the next one takes its room
            self._held.append(lend(name))
            self._name = name
        return self._held[0]

    def forget(self) -> None:
        """Give the module back."""
        self._name = ""
        self._held.clear()


def lend(name: str):
    """Return a module that is forgotten already: it lives for as long as its function runs."""
    with Borrowed(name) as module:
        return module


def seldom(function):
    """Mark a function that is hardly ever called: on a board it is read from flash each time (firmware/image)."""
    return function


def needed(name: str):
    """Import a module that stays from now on; a node that never needs it never pays for it."""
    return __import__(name, None, None, ("*",))
