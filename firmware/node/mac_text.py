"""Addresses as text."""

import binascii


def plain(mac: bytes) -> str:
    """Return "AABBCCDDEEFF", as in serial lines and files."""
    return binascii.hexlify(mac).decode().upper()


def readable(mac: bytes) -> str:
    """Return "aa:bb:cc:dd:ee:ff", as in log lines."""
    return binascii.hexlify(mac, ":").decode()
