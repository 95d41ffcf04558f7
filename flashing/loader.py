"""The boot loader of a board, by way of esptool: what it is, write and verify, restart."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import esptool
import serial
from esp_pylib.logger import EspLog, EspLogBase
from esptool import cmds

from . import chips, ports
from .errors import FlashError

Progress = Callable[[int, int], None]
CONNECT_ATTEMPTS = 7  # esptool's own default
MEGABYTE = 1 << 20


class Loader:
    """A board whose boot loader answers, with esptool's flasher stub in its memory."""

    def __init__(self, rom: Any, baud: int) -> None:
        self.chip = chips.by_key(rom.CHIP_NAME)
        self.mac = "".join(f"{byte:02X}" for byte in rom.read_mac("BASE_MAC"))
        self._esp = cmds.run_stub(rom)
        if baud != rom.get_baud():
            self._esp.change_baud(baud)
        cmds.attach_flash(self._esp)
        size = cmds.detect_flash_size(self._esp)
        if size is None:
            raise FlashError(
                "The size of the board's flash cannot be read.",
                "Give it with --flash-size, as it is printed on the module or in the shop.",
            )
        self.flash_bytes = bytes_of(size)

    def write(self, parts: list[tuple[int, bytes]], erase: bool, progress: Progress) -> None:
        """Write and verify; `progress` is told the bytes of the image on the way, and all of them."""
        with _quiet(progress):
            try:
                cmds.write_flash(self._esp, parts, erase_all=erase)
            except (esptool.FatalError, serial.SerialException, OSError) as error:
                raise _of_writing(error) from error

    def restart(self) -> None:
        """Let the board start what was written."""
        with _quiet():
            cmds.reset_chip(self._esp, "hard-reset")

    def close(self) -> None:
        """Let go of the port."""
        with contextlib.suppress(OSError, serial.SerialException):
            self._esp._port.close()


def connect(port: Any, baud: int) -> Loader:
    """Bring the board into its boot loader, and learn what it is."""
    with _quiet() as log:
        try:
            rom = cmds.detect_chip(port, connect_attempts=CONNECT_ATTEMPTS)
            return Loader(rom, baud)
        except (esptool.FatalError, serial.SerialException, OSError) as error:
            raise _of_connecting(str(getattr(port, "port", port)), error, log.text) from error


def bytes_of(size: str) -> int:
    """Return the bytes of a size like 4MB."""
    number = size.upper().removesuffix("MB").removesuffix("M")
    if not number.isdigit():
        raise FlashError(f"{size} is no size of flash.", "Say 4MB, 8MB or 16MB.")
    return int(number) * MEGABYTE


def _of_connecting(port: str, error: Exception, log: str) -> FlashError:
    text = str(error)
    if "Could not open" in text or isinstance(error, serial.SerialException | OSError):
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
