"""Who may speak on the radio: HMAC-SHA256 and the keys derived from the site key."""

import hashlib

_BLOCK = 64  # bytes; RFC 2104
_INNER, _OUTER = b"\x36", b"\x5c"

KEY_LENGTH = 16


def hmac_sha256(key: bytes, *parts: "bytes | bytearray | memoryview") -> bytes:
    """Tag the concatenation of parts, without building it (MicroPython has no hmac module)."""
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    # One long integer instead of 64 small ones: the XOR then runs in C on both interpreters.
    padded = int.from_bytes(key + bytes(_BLOCK - len(key)), "big")
    inner = hashlib.sha256(
        (padded ^ int.from_bytes(_INNER * _BLOCK, "big")).to_bytes(_BLOCK, "big")
    )
    for part in parts:
        inner.update(part)
    outer = hashlib.sha256(
        (padded ^ int.from_bytes(_OUTER * _BLOCK, "big")).to_bytes(_BLOCK, "big")
    )
    outer.update(inner.digest())
    return outer.digest()


def same_bytes(left: "bytes | memoryview", right: "bytes | memoryview") -> bool:
    """Compare without stopping at the first difference, so that the time tells nothing."""
    if len(left) != len(right):
        return False
    difference = 0
    for index in range(len(left)):
        difference |= left[index] ^ right[index]
    return difference == 0


def node_key(site_key: bytes, mac: bytes) -> bytes:
    """The only key a sensor node gets; the display node derives it when a frame comes in."""
    return hmac_sha256(site_key, b"node", mac)[:KEY_LENGTH]


def site_tag(site_key: bytes) -> int:
    """Sixteen bits that tell neighbours apart cheaply; they protect nothing."""
    digest = hmac_sha256(site_key, b"site tag")
    return digest[0] | digest[1] << 8
