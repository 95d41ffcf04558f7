"""Starts the application: the directory that `active` names, or the other one after three failed starts.

It is the only file that an update never replaces. The application marks itself good (node/good.py).
"""

import os
import sys
import time

import esp32
import machine

MOST_FAILED = 3
PAUSE_MS = 5000  # Ctrl-C still works in it


def failed_starts() -> int:
    """Return how many starts since the last good one failed, and count this one."""
    store = esp32.NVS("boot")
    try:
        failed = store.get_i32("starts")
    except OSError:
        failed = 0
    # A wake from deep sleep goes on with a start that was counted.
    if machine.reset_cause() != machine.DEEPSLEEP_RESET:
        store.set_i32("starts", failed + 1 & 0xFFFF)
        store.commit()
    return failed


def chosen(failed: int) -> str:
    """Return the directory to start from, "" when there is none."""
    try:
        with open("active") as file:
            first = file.read(1)
    except OSError:
        first = "a"
    order = "ab" if first == "a" else "ba"
    if failed // MOST_FAILED % 2:
        order = order[1] + order[0]
    for name in order:
        try:
            os.stat(name + "/application.mpy")
            return name
        except OSError:
            pass
    return ""


def start() -> None:
    """Run the application; a directory that cannot even be imported is a failed start."""
    try:
        failed = failed_starts()
    except OSError:
        failed = 0  # an unreadable counter must not keep a good application from starting
    directory = chosen(failed)
    if not directory:
        print("No application: flash this board again.")
        return
    sys.path.insert(0, directory)
    try:
        __import__("application").run()
    except Exception as error:
        sys.print_exception(error)
        time.sleep_ms(PAUSE_MS)
        machine.reset()


start()
