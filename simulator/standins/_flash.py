"""The file system as an ESP32 has it: LittleFS on the world's flash chip, mounted by what is _boot.py there."""

import os

import vfs

import _link
import _operations as op

PLACE = "/flash"
_FILE = (
    "vfs.bin"  # what the chip holds (simulator/flash.py), in the folder where the process starts
)
_BLOCK = 4096
_MOST = 1024  # bytes in one request
_BLOCK_COUNT, _BLOCK_SIZE, _ERASE = 4, 5, 6


class Flash:
    """A block device with the extended interface, as esp32.Partition is one."""

    def __init__(self, blocks):
        self._blocks = blocks
        self._content = open(_FILE, "rb")

    def readblocks(self, block, buffer, offset=0):
        # Not by way of the world: mounting and importing read ten thousand times, and nothing can happen to a read.
        self._content.seek(block * _BLOCK + offset)
        self._content.readinto(buffer)

    def writeblocks(self, block, buffer, offset=None):
        view = memoryview(buffer)
        if offset is None:
            offset = 0
            for number in range(block, block + len(view) // _BLOCK):
                self.ioctl(_ERASE, number)
        for at in range(0, len(view), _MOST):
            _ask(op.FLASH_WRITE, block, offset + at, 0, view[at : at + _MOST])

    def ioctl(self, operation, argument):
        if operation == _BLOCK_COUNT:
            return self._blocks
        if operation == _BLOCK_SIZE:
            return _BLOCK
        if operation == _ERASE:
            _ask(op.FLASH_ERASE, argument)
        return 0


def _ask(*request):
    """The driver holds the interpreter: no Python code runs meanwhile."""
    before, _link.in_handler = _link.in_handler, True
    _link.ask(*request)
    _link.in_handler = before


def mount(blocks):
    """Mount, and format only what is empty (ports/esp32/modules/inisetup.py)."""
    chip = Flash(blocks)
    try:
        vfs.mount(_files(chip), PLACE)
    except OSError:
        first = bytearray(_BLOCK)
        chip.readblocks(0, first)
        if first != b"\xff" * _BLOCK:
            _tell_for_ever()
        vfs.VfsLfs2.mkfs(chip)
        vfs.mount(_files(chip), PLACE)
    os.chdir(PLACE)


def _files(chip):
    """A time stamp would be of the machine's clock, not of the board's: no file has one."""
    return vfs.VfsLfs2(chip, mtime=False)


def _tell_for_ever():
    while True:
        print("The filesystem appears to be corrupted.")
        _link.sleep_us(3000000)
