"""`os`, whose random bytes come from the world's seed in virtual time."""

import hashlib

from uos import *  # noqa: F403  everything else is the real one
from uos import urandom as _urandom

import _link

_number = 0


def urandom(length):
    if not _link.seed:
        return _urandom(length)
    global _number
    found = b""
    while len(found) < length:
        _number += 1
        found += hashlib.sha256(_link.seed + _number.to_bytes(4, "little")).digest()
    return found[:length]
