"""What a board that does not say hello says instead, and what that means."""

import re

from .errors import FlashError

# Text of the boot ROM, of ESP-IDF or of MicroPython: what it means, what to do. The first that is found counts.
SIGNS = (
    (
        b"Brownout detector",
        "The board restarts again and again because its supply voltage breaks down.",
        "Take another cable or a USB port of the computer itself, no hub, and unplug what hangs on the board's 3.3 V.",
    ),
    (
        rb"waiting for download|DOWNLOAD\(|DOWNLOAD_BOOT",
        "The board waits in its boot loader.",
        "Press its EN (RST) button once, without BOOT, and run this with --provision-only.",
    ),
    (
        rb"invalid header: 0x|No bootable app|flash read err|csum err",
        "The board finds nothing to start in its flash.",
        "The power may have gone in the middle of writing: run the same command again.",
    ),
    (
        b"The filesystem appears to be corrupted",
        "MicroPython cannot mount the file system.",
        "Its flash is of another size than was thought, or writing was cut short: run this again with --erase.",
    ),
    (
        b"No application: flash this board again",
        "The board's file system holds no application.",
        "Run the same command again.",
    ),
    (
        rb"Guru Meditation|abort\(\) was called",
        "The board's MicroPython crashes.",
        "Run the same command again with --erase; if it stays so, send us what the serial monitor shows.",
    ),
    (
        b"Traceback",
        "The firmware starts and fails.",
        "Please report it, with the lines below.",
    ),
    (
        rb"MicroPython v|>>> ",
        "The board runs MicroPython, but not this firmware.",
        "Run the same command again; it replaces what is on the board.",
    ),
)  # fmt: skip
LAST_LINES = 6
LOOP = rb"Brownout detector|Guru Meditation|invalid header: 0x"
MOST_ROUNDS = 3


def is_loop(heard: bytes) -> bool:
    """Tell whether a board restarts again and again; waiting will not help."""
    return len(re.findall(LOOP, heard)) >= MOST_ROUNDS


def of_silence(heard: bytes, seconds: float) -> FlashError:
    """Return why there may have been no hello."""
    for sign, meaning, advice in SIGNS:
        if re.search(sign, heard):
            return FlashError(meaning, f"{advice}{_quoted(heard)}")
    if not heard.strip(b"\0\xff\r\n "):
        return FlashError(
            f"The board has said nothing for {seconds:.0f} s.",
            "Press its EN (RST) button. If it stays silent, unplug it, plug it in again and run this with "
            "--provision-only; some boards have two USB sockets: take the other one.",
        )
    return FlashError(
        "Something else than this firmware answers on this port.",
        f"Is it the right port? To replace what is on the board, run this without --provision-only.{_quoted(heard)}",
    )


def _quoted(heard: bytes) -> str:
    """Return the last lines of what was heard, printable."""
    text = heard.decode("ascii", "replace")
    lines = [re.sub(r"[^ -~]", ".", line) for line in text.splitlines() if line.strip()]
    return "".join(f"\n    | {line[:100]}" for line in lines[-LAST_LINES:])
