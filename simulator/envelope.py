"""Puts a captured plaintext into a new envelope of the same device: the next nonce, its own key."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

HEADER = 8  # prefix, product id, record type, nonce, first byte of the key


def _cipher(key: bytes, nonce: int, data: bytes) -> bytes:
    counter = nonce.to_bytes(2, "little") + bytes(14)
    return Cipher(algorithms.AES(key), modes.CTR(counter)).encryptor().update(data)


def open_envelope(md: bytes, key: bytes) -> bytes:
    """Return the plaintext of a capture."""
    return _cipher(key, nonce_of(md), md[HEADER:])


def seal_envelope(template: bytes, key: bytes, nonce: int, payload: bytes) -> bytes:
    """Return manufacturer data with the template's header."""
    head = template[:5] + nonce.to_bytes(2, "little") + key[:1]
    return head + _cipher(key, nonce, payload)


def nonce_of(md: bytes) -> int:
    """Return the data counter."""
    return int.from_bytes(md[5:7], "little")
