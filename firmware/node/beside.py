"""Files of the application that are no modules."""

import errno
import os
import sys


def place(name: str) -> str:
    """Return where such a file is: beside the modules; raises OSError when it is not there."""
    for folder in sys.path:
        path = f"{folder}/{name}"
        try:
            os.stat(path)
            return path
        except OSError:
            pass
    raise OSError(errno.ENOENT)
