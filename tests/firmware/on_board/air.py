"""Advertisements as the Bluetooth stack hands them over, and help to play both ends of the radio."""

import struct

DEVICE = b"\xc0\x3d\x5a\x89\xa3\x01"
SCAN_RESULT = 5
SCAN_DONE = 6


def md_of(nonce, first=0x10, length=23, product=0xA389):
    head = struct.pack("<BBHBHB", first, 0x02, product, 0x02, nonce, 0xAF)
    return (head + bytes(range(32)))[:length]


def advertisement(nonce, company=0x02E1, **parts):
    """A raw AD list: flags, then manufacturer data."""
    md = md_of(nonce, **parts)
    return b"\x02\x01\x06" + bytes((len(md) + 3, 0xFF)) + struct.pack("<H", company) + md


def event(data, address=DEVICE, rssi=-60):
    """The tuple of _IRQ_SCAN_RESULT."""
    return (0, memoryview(address), 3, rssi, memoryview(data))


def address(number):
    return b"\xc0\x00\x00\x00" + struct.pack(">H", number)
