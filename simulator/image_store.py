"""Images that took seconds to make are kept in the user's cache folder for some days."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_FORGOTTEN_S = 2 * 24 * 3600  # a world that runs for a day still boots its boards from one


def digest(parts: Iterable[bytes]) -> str:
    """Return a name that says what something was made of."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]


def kept(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Return the image of this name; make it when it is not there. Several processes may want it at once."""
    image = folder / name
    if image.is_dir():
        os.utime(image)
        return image
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="new-", dir=folder))
    try:
        make(draft)
        draft.rename(image)
    except OSError:
        if not image.is_dir():  # else another process was faster
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _forget_old(folder)
    return image


def _forget_old(folder: Path) -> None:
    limit = time.time() - _FORGOTTEN_S
    for path in folder.iterdir():
        if path.stat().st_mtime < limit:
            shutil.rmtree(path, ignore_errors=True)
