"""Keys and passwords stay out of the log: the serial library prints every byte that is written when it is debugged."""

import logging
import re

_LIBRARY = "serialx"
# As JSON writes them; what is cut off behind belongs to it.
_SECRET = re.compile(rb'("(?:key|wifi_password)": ?")(?:[^"\\]|\\.)*')


class _Mask(logging.Filter):
    """Puts stars in the place of the secrets of our commands."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(masked(one) for one in record.args)
        return True


_MASK = _Mask()


def masked(data: object) -> object:
    """Return bytes without secrets, anything else as it is: a memoryview tells nothing."""
    if isinstance(data, bytes | bytearray):
        return _SECRET.sub(rb"\1***", bytes(data))
    return data


def mask_log() -> None:
    """Watch every logger that the library has; those that it makes when it opens a port as well."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == _LIBRARY:
            logging.getLogger(name).addFilter(_MASK)
