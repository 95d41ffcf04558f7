"""A node's settings in flash: what was not committed is gone after a restart."""

import json
from collections.abc import Callable
from pathlib import Path


class Nvs:
    """Keys with their type, kept in a file of the world."""

    def __init__(self, file: Path, lose_power: Callable[[], None] = lambda: None) -> None:
        self._file = file
        self._lose_power = lose_power
        self._left: int | None = None
        self.writes = 0  # values committed
        self.watchers: list[Callable[[], None]] = []  # called when a value is in flash
        self._committed: dict[str, list[object]] = {}
        if file.exists():
            self._committed = json.loads(file.read_text())
        self._present = dict(self._committed)

    def stored(self, namespace: str, key: str) -> bytes:
        """Return what is in flash under a key, b"" when nothing is."""
        return bytes.fromhex(str(self._committed.get(f"{namespace}\0{key}", [0, ""])[1]))

    def restart(self) -> None:
        """Forget what was not committed."""
        self._present = dict(self._committed)

    def get(self, path: bytes) -> bytes | None:
        """Return the value at type, namespace and key."""
        kind, name = path[0], path[1:].decode()
        found = self._present.get(name)
        if found is None or found[0] != kind:
            return None
        return bytes.fromhex(str(found[1]))

    def set(self, request: bytes) -> None:
        """Keep a value: type, namespace, NUL, key, NUL, value."""
        namespace, key, value = request[1:].split(b"\0", 2)
        self._present[f"{namespace.decode()}\0{key.decode()}"] = [request[0], value.hex()]

    def erase(self, path: bytes) -> bool:
        """Drop a key."""
        return self._present.pop(path[1:].decode(), None) is not None

    def clear(self) -> None:
        """Forget everything, as when the chip is erased."""
        self._committed.clear()
        self._present.clear()
        self._store()

    def cut_after(self, writes: int | None) -> None:
        """Take the power away at the commit of the value after so many; None calls it off."""
        self._left = writes

    def commit(self) -> bool:
        """Write to flash, value by value, each of them whole; False when the power went away."""
        changed = [
            name
            for name in self._committed | self._present
            if self._committed.get(name) != self._present.get(name)
        ]
        for name in changed:
            if self._left == 0:
                self._left = None
                self._store()
                self._lose_power()
                return False
            self._left = None if self._left is None else self._left - 1
            self._keep(name)
        self._store()
        for watcher in self.watchers if changed else ():
            watcher()
        return True

    def _keep(self, name: str) -> None:
        self.writes += 1
        if name in self._present:
            self._committed[name] = self._present[name]
        else:
            del self._committed[name]

    def _store(self) -> None:
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(self._committed, indent=1) + "\n")
        draft.replace(self._file)
