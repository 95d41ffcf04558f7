"""`micropython`, whose keyboard interrupt comes from the world's serial line."""

from micropython import *  # noqa: F403  everything else is the real one

import _link
import _operations as op


def kbd_intr(byte):
    _link.ask(op.INTERRUPT_BYTE, byte)
