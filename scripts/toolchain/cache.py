"""The per-user folder where everything lives, so that a fresh clone finds it all there."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .failure import Failure
from .progress import say

PROJECT = Path(__file__).resolve().parents[2]
REQUIREMENTS = PROJECT / "requirements"
MARKER = "complete.json"


def root() -> Path:
    """Return the cache folder, absolute: environments hold absolute paths."""
    own = os.environ.get("VICTRON_ESPNOW_CACHE")
    if own:
        return Path(own).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "victron-espnow"


def keyed(name: str, *ingredients: Any) -> Path:
    """Return the folder of something built from these ingredients: another lock, another folder."""
    digest = hashlib.sha256(platform.machine().encode())
    for ingredient in ingredients:
        content = (
            ingredient.read_bytes() if isinstance(ingredient, Path) else str(ingredient).encode()
        )
        digest.update(hashlib.sha256(content).digest())
    return root() / f"{name}-{digest.hexdigest()[:12]}"


def complete(folder: Path) -> bool:
    """Tell whether the folder was finished."""
    return (folder / MARKER).is_file()


def facts(folder: Path) -> dict[str, Any]:
    """Return what was noted when the folder was finished."""
    noted: dict[str, Any] = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    return noted


def finish(folder: Path, **noted: Any) -> None:
    """Mark a folder as finished, in one stroke."""
    draft = folder / (MARKER + ".new")
    draft.write_text(json.dumps(noted, indent=2) + "\n", encoding="utf-8")
    draft.replace(folder / MARKER)


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside `folder` that becomes `folder` at the end, or vanishes on any error."""
    draft = folder.with_name(f".building-{folder.name}")
    remove(draft)
    remove(folder)
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield draft
        draft.rename(folder)
    finally:
        remove(draft)


@contextmanager
def building_in_place(folder: Path) -> Iterator[Path]:
    """Give the final folder itself, for what cannot be moved; without its marker it does not count."""
    remove(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if not complete(folder):
            remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder that may not exist."""
    if folder.is_symlink() or folder.exists():
        shutil.rmtree(folder)


@contextmanager
def lock() -> Iterator[None]:
    """Let only one setup build at a time; a second one waits."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        file = (root() / "lock").open("w", encoding="ascii")
    except OSError as error:
        raise Failure(
            f"The cache folder {root()} cannot be written ({error.strerror}); "
            "set VICTRON_ESPNOW_CACHE to a folder of yours."
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another setup is at work in the same cache; waiting for it ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
