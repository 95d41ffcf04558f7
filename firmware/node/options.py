"""Settings that a user may change while the node runs, each with its default and its check.

A role's table lies in a module of its own, which is in memory only while it is needed: `TABLE` maps a name to
(default, check, is it a secret). So does the code that reads, changes and lists them, `node.option_store`.
"""

from node.borrowed import Borrowed, seldom

PATH = "options.json"


class Options:
    """`options["name"]` is always valid."""

    def __init__(self, path: str = PATH) -> None:
        self.path = path
        self.tables = []  # names of modules
        self.values = {}
        self.listeners = []
        self.problems = []  # reasons, for the log

    def add_table(self, module: str) -> None:
        """Know the options of this module's TABLE from now on, and read their values."""
        with Borrowed("node.option_store") as store:
            store.add(self, module)

    def __getitem__(self, name: str):
        return self.values[name]

    def on_change(self, callback) -> None:
        """Have `callback(names)` called after a change, with the set of names whose value is new."""
        self.listeners.append(callback)

    @seldom
    def set(self, values: dict) -> None:
        """Check all of them, then store, then use: one that is wrong changes nothing."""
        with Borrowed("node.option_store") as store:
            changed = store.change(self, values)
        if changed:
            for callback in self.listeners:
                callback(changed)

    def answer(self, args: dict) -> dict:
        """Return what is no secret; see node.option_store."""
        with Borrowed("node.option_store") as store:
            return store.answer(self, args)
