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


def needed(name: str):
    """Import a module that stays from now on; a node that never needs it never pays for it."""
    return __import__(name, None, None, ("*",))
