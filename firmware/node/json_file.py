"""One JSON object in one file, replaced whole: after a power cut it is the old one or the new one."""

import errno
import gc
import json
import os

from node.borrowed import seldom
from protocol.errors import ProtocolError
from protocol.serial_json import checked

MAX_BYTES = 8192  # far above anything written here; a file grown by damage must not eat the heap
ENOUGH = 2 * MAX_BYTES  # of free memory, for any object that was written here


@seldom
def load(path: str) -> tuple:
    """Return (dict, "") or ({}, reason); a missing file is an empty object without a reason."""
    try:
        if os.stat(path)[6] > MAX_BYTES:
            return {}, "too_large"
        with open(path) as file:
            return checked(json.load(file)), ""
    except OSError as error:
        return {}, "" if error.errno == errno.ENOENT else "unreadable"
    except (ValueError, ProtocolError):
        pass
    except MemoryError:  # of thousands of open brackets
        gc.collect()
        if gc.mem_free() < ENOUGH:
            raise  # it is not the file's fault
    return {}, "damaged"


@seldom
def save(path: str, content: dict) -> None:
    """Write beside and rename: LittleFS replaces a file by rename in one step."""
    beside = path + ".new"
    with open(beside, "w") as file:
        json.dump(content, file)
    os.rename(beside, path)
