"""Something else that takes memory for a while: what a driver of ESP-IDF does to the heap of a chip."""

import gc

import _link
import _operations as op

_PIECE = 256
_taken = []


def _take(view):
    _taken.clear()
    gc.collect()
    if len(view):
        left = view[0] | view[1] << 8 | view[2] << 16
        for piece in (_PIECE, view[3] or _PIECE):
            try:
                while gc.mem_free() > left:
                    _taken.append(bytearray(piece))
            except MemoryError:
                pass  # what is left is in smaller pieces


_link.handlers[op.OCCUPIED] = _take
