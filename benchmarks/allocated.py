"""How much this Python process has allocated, in bytes; costs nothing while it runs, unlike tracing."""

import ctypes
import gc
import os
import re
import sys
import tempfile


class _Mallinfo(ctypes.Structure):
    """glibc's `struct mallinfo2`."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks",
            "keepcost",
        )
    ]  # fmt: skip


def allocated() -> int:
    """Return the bytes in use after a full collection: Python's small objects, and what malloc gave."""
    gc.collect()
    return _small() + _large()


def _small() -> int:
    found = re.search(r"bytes in allocated blocks\s*=\s*([\d,]+)", _statistics())
    return int(found[1].replace(",", "")) if found else 0


def _large() -> int:
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):  # not glibc
        return 0
    libc.mallinfo2.restype = _Mallinfo
    info = libc.mallinfo2()
    return int(info.uordblks + info.hblkhd)


def _statistics() -> str:
    """Return what the interpreter tells of its own allocator, which it writes to standard error only."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as file:
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            sys._debugmallocstats()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        file.seek(0)
        return file.read().decode("ascii", "replace")
