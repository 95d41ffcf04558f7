"""The boot loader of a board, by way of esptool: what it is, write and verify, restart."""

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Self

import esptool
from esp_pylib.logger import EspLog, EspLogBase
from esptool import cmds

from . import chips, ports
from .errors import FlashError

Progress = Callable[[int, int], None]
CONNECT_ATTEMPTS = 7  # esptool's own default
UNITS = {"K": 1 << 10, "M": 1 << 20}


class Loader:
    """A board whose boot loader answers, with esptool's flasher stub in its memory.

    As a context: however it ends, the board starts what is in its flash, and the port is let go.
    """

    def __init__(self, rom: Any, baud: int, flash_size: str | None) -> None:
        self.chip = chips.by_key(rom.CHIP_NAME)
        self.mac = "".join(f"{byte:02X}" for byte in rom.read_mac("BASE_MAC"))
        self._esp = cmds.run_stub(rom)
        if baud != rom.get_baud():
            self._esp.change_baud(baud)
        cmds.attach_flash(self._esp)
        self.flash_bytes = _flash_bytes(cmds.detect_flash_size(self._esp), flash_size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _let_go(self._esp)

    def write(self, parts: list[tuple[int, bytes]], erase: bool, progress: Progress) -> None:
        """Write and verify; `progress` is told the bytes written of all parts, and how many there are."""
        with _quiet(_of_all([len(data) for _, data in parts], progress)):
            try:
                cmds.write_flash(self._esp, parts, erase_all=erase)
            except (esptool.FatalError, OSError) as error:
                raise _of_writing(error) from error


def connect(port: Any, baud: int, flash_size: str | None = None) -> Loader:
    """Bring the board into its boot loader, and learn what it is.

    `flash_size` is what the user says of it.
    """
    with _quiet() as log, contextlib.ExitStack() as undo:
        try:
            rom = cmds.detect_chip(port, connect_attempts=CONNECT_ATTEMPTS)
            undo.callback(_let_go, rom)
            found = Loader(rom, baud, flash_size)
        except (esptool.FatalError, OSError) as error:
            raise _of_connecting(str(getattr(port, "port", port)), error, log.text) from error
        undo.pop_all()
        return found


def bytes_of(size: str) -> int:
    """Return the bytes of a size like 4MB."""
    found = re.fullmatch(r"(\d{1,3})([KM])B?", size.upper())
    number = int(found[1]) if found else 0
    if found is None or number.bit_count() != 1:
        raise FlashError(f"{size} is no size of flash.", "Say 4MB, 8MB or 16MB.")
    return number * UNITS[found[2]]


def _flash_bytes(detected: str | None, said: str | None) -> int:
    """Return the bytes of flash by what the chip and the user say."""
    size = detected or said
    if size is None:
        raise FlashError(
            "The size of the board's flash cannot be read.",
            "Give it with --flash-size, as it is printed on the module or in the shop.",
        )
    if said and bytes_of(said) != bytes_of(size):
        raise FlashError(
            f"The board says that it has {size} of flash, not {said}.",
            "Leave --flash-size out: MicroPython goes by what the board says.",
        )
    return bytes_of(size)


def _let_go(esp: Any) -> None:
    """Restart the board and close its port; it may be gone."""
    with _quiet(), contextlib.suppress(esptool.FatalError, OSError):
        cmds.reset_chip(esp, "hard-reset")
    with contextlib.suppress(OSError):
        esp._port.close()


def _of_all(sizes: list[int], progress: Progress) -> Progress:
    """Return what takes esptool's progress, of one part after the other, and tells that of all."""
    left = iter(sizes)
    before, size = 0, next(left)

    def told(done: int, of_part: int) -> None:  # compressed bytes
        nonlocal before, size
        progress(before + size * done // of_part, sum(sizes))
        if done == of_part:
            before, size = before + size, next(left, 0)

    return told


def _of_connecting(port: str, error: Exception, log: str) -> FlashError:
    text = str(error)
    if "Could not open" in text or isinstance(error, OSError):
        return ports.why_not_opened(port, text)
    if "Unexpected chip" in text:
        return FlashError("The board's chip is unknown to esptool.", text.splitlines()[0])
    if "Wrong boot mode" in text or "Failed to connect" in text or "No serial data" in text:
        return FlashError(
            "The board's boot loader does not answer.",
            "Hold the button BOOT (also IO0 or 0), press EN (also RST) once, run this again, and let go of BOOT when "
            "it says what chip it found. A board without EN: unplug it, hold BOOT, plug it in.",
        )
    return FlashError(f"The board answers strangely: {text.splitlines()[0]}", log[-300:])


def _of_writing(error: Exception) -> FlashError:
    text = str(error)
    if "MD5" in text or "region is empty" in text:
        return FlashError(
            "What was written does not read back the same.",
            "Run the same command again with --baud 115200. If it stays so, the cable or the board is bad.",
        )
    if "not contain" in text or "requires chip revision" in text:
        return FlashError("This MicroPython does not fit the board's chip.", text.splitlines()[0])
    return FlashError(
        "The connection to the board broke off in the middle of writing.",
        "Nothing is lost: plug it in again and run the same command once more, with another cable or --baud 115200.",
    )


class _Log(EspLogBase):
    """Keeps what esptool says, for when something goes wrong."""

    def __init__(self, progress: Progress) -> None:
        self.text = ""
        self._progress = progress

    def print(self, *args: Any, **_options: Any) -> None:
        """Keep a line."""
        self.text = (self.text + " ".join(map(str, args)) + "\n")[-4000:]

    def err(self, *args: Any, suggestion: str | None = None) -> None:
        """Keep an error."""
        self.print(*args, suggestion or "")

    warn = err

    def note(self, *args: Any) -> None:
        """Keep a note."""
        self.print(*args)

    hint = note
    debug = note

    def set_verbosity(self, mode: int | str) -> None:
        """Do nothing: there is one."""

    def progress_bar(
        self,
        cur_iter: int,
        total_iters: int,
        prefix: str = "",
        suffix: str = "",
        bar_length: int = 30,
    ) -> None:
        """Hand the progress on."""
        self._progress(cur_iter, total_iters)


@contextlib.contextmanager
def _quiet(progress: Progress = lambda _done, _all: None) -> Iterator[_Log]:
    """Let esptool speak to us instead of the terminal."""
    before = EspLog.instance
    log = _Log(progress)
    EspLog.set_logger(log)
    try:
        yield log
    finally:
        EspLog.instance = before
