"""A node's settings in flash: what was not committed is gone after a restart."""

import json
from pathlib import Path


class Nvs:
    """Keys with their type, kept in a file of the world."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._committed: dict[str, list[object]] = {}
        if file.exists():
            self._committed = json.loads(file.read_text())
        self._present = dict(self._committed)

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

    def commit(self) -> None:
        """Write to flash."""
        self._committed = dict(self._present)
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(self._committed, indent=1) + "\n")
        draft.replace(self._file)
