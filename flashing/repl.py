"""Files onto a board that runs MicroPython, without its boot loader: into the directory that is not in use."""

import ast
import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from .errors import FlashError

Progress = Callable[[int, int], None]
DIRECTORIES = ("a", "b")
# Without it a directory is none (firmware/boot/main.py): it is the first to go and the last to come.
ENTRY = "application.mpy"
OLDEST = (1, 26)  # MicroPython whose partitions are as this project's images expect them
RESTART = "import machine; machine.reset()"
SURVEY = """
import os, sys
def read(path):
    try:
        with open(path) as file: return file.read()
    except OSError: return ""
version = sys.implementation.version[:2]
room = os.statvfs(os.getcwd())
print(repr((version, read("active")[:1], os.listdir(), room[0] * room[3])))
"""
HELPERS = """
import binascii, hashlib, os
def empty(path, first=""):
    try: names = os.listdir(path)
    except OSError: return
    for name in sorted(names, key=lambda name: name != first):
        if os.stat(path + "/" + name)[0] & 0x4000: empty(path + "/" + name)
        else: os.remove(path + "/" + name)
    os.rmdir(path)
def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while True:
            data = file.read(512)
            if not data: return binascii.hexlify(found.digest()).decode()
            found.update(data)
def digests(folder, names):
    for name in names:
        try: print(name, digest(folder + "/" + name))
        except OSError: pass
def copy(source, target):
    with open(source, "rb") as old:
        with open(target, "wb") as new:
            while True:
                data = old.read(512)
                if not data: return
                new.write(data)
"""
FLIP = """
with open("active.new", "w") as file: file.write({0!r})
os.rename("active.new", "active")
import esp32
store = esp32.NVS("boot"); store.set_i32("starts", 0); store.commit()
"""


class Prompt:
    """A board at MicroPython's raw prompt, by way of mpremote."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def run(self, code: str) -> str:
        """Run code on the board; return what it prints."""
        with _named():
            return str(self._transport.exec(code).decode())

    def update(self, files: dict[str, bytes], boot: bytes, progress: Progress) -> str:
        """Put an application into the directory not in use, check it, and make it the one that starts."""
        version, active, names, _ = self._survey()
        if version < OLDEST:
            raise FlashError(
                f"The board's MicroPython is {_dotted(version)}; {_dotted(OLDEST)} or newer is needed.",
                "Run this without --files-only.",
            )
        is_ours = "main.py" in names and active in DIRECTORIES
        target = DIRECTORIES[active == DIRECTORIES[0]] if is_ours else DIRECTORIES[0]
        expected = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        self.run(HELPERS)
        self.run(f"empty({target!r}, {ENTRY!r})")
        size = sum(map(len, files.values()))
        _check_room(self._survey()[-1], size)
        self._make_folders(target, files)
        there = self._digests(active, files) if is_ours else {}
        done = 0
        for name, data in sorted(files.items(), key=lambda one: one[0] == ENTRY):
            if there.get(name) == expected[name]:  # most files are those of the version before
                self.run(f"copy({f'{active}/{name}'!r}, {f'{target}/{name}'!r})")
            else:
                self._write(f"{target}/{name}", data)
            done += len(data)
            progress(done, size)
        if self._digests(target, files) != expected:
            raise FlashError(
                "The files did not arrive as they were sent.",
                "Run the same command again; until then the old ones start.",
            )
        if not is_ours:
            self._write("main.py", boot)
        self.run(FLIP.format(target))
        return target

    def _digests(self, folder: str, names: Iterable[str]) -> dict[str, str]:
        """Return the digests of those files that are there."""
        answer = self.run(f"digests({folder!r}, {list(names)!r})")
        return dict(line.split() for line in answer.splitlines())

    def _survey(self) -> tuple[tuple[int, int], str, list[str], int]:
        """Return MicroPython's version, the directory in use, what lies beside it, and the bytes left."""
        found: tuple[tuple[int, int], str, list[str], int] = ast.literal_eval(
            self.run(SURVEY).strip()
        )
        return found

    def _make_folders(self, target: str, files: dict[str, bytes]) -> None:
        folders = {target} | {
            f"{target}/{name.rpartition('/')[0]}" for name in files if "/" in name
        }
        for folder in sorted(folders):
            self.run(f"os.mkdir({folder!r})")

    def _write(self, path: str, data: bytes) -> None:
        with _named():
            self._transport.fs_writefile(path, data)


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))


def _check_room(free: int, size: int) -> None:
    needed = size * 5 // 4
    if free < needed:
        raise FlashError(
            f"The board has {free // 1000} kB left, {needed // 1000} are needed.",
            "Run this without --files-only.",
        )


@contextlib.contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except (TransportError, OSError) as error:
        raise FlashError(
            "MicroPython's prompt does not answer as it should.",
            f"Unplug the board, plug it in and run this again; the old files still start. ({error})",
        ) from error


@contextlib.contextmanager
def at(device: str) -> Iterator[Prompt]:
    """Stop what runs on a board and use its prompt; however that ends, the board starts what it has then."""
    with _named():
        transport = SerialTransport(device, baudrate=115200)
        transport.enter_raw_repl(soft_reset=False)
    try:
        yield Prompt(transport)
    finally:
        with contextlib.suppress(TransportError, OSError):  # it may be gone
            transport.enter_raw_repl(soft_reset=False)
            transport.exec_raw_no_follow(RESTART)
        transport.close()
