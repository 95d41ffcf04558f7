"""One AES-128 block: the whole key stream of a frame, as payloads never exceed 16 bytes.

The counter block is the nonce and 14 zero bytes; neither MicroPython's cryptolib on every board
nor the boards' memory offers CTR for free, so this is ECB of that block (`cryptolib` there,
`cryptography` on CPython).
"""

_MAX_CACHED = 32  # devices of one vehicle; setting up a key costs more than a block

try:
    from cryptolib import aes as _aes  # MicroPython

    _MAX_CACHED = 1  # each cipher takes some 300 bytes of a board's heap

    def _block_cipher(key: bytes):  # type: ignore[no-untyped-def]
        return _aes(key, 1).encrypt

except ImportError:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    def _block_cipher(key: bytes):  # type: ignore[no-untyped-def]
        # ECB is the raw block cipher here; confidentiality comes from the counter block.
        return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update


_ciphers = {}  # type: ignore[var-annotated]


def key_stream(key: bytes, md: bytes, cached: bool = True) -> bytes:
    """The 16 bytes that hide the payload of `md`."""
    block = bytes((md[5], md[6])) + bytes(14)
    encrypt = _ciphers.get(key)
    if encrypt is None:
        encrypt = _block_cipher(key)
        if cached:
            if len(_ciphers) >= _MAX_CACHED:
                _ciphers.clear()
            _ciphers[key] = encrypt
    return encrypt(block)  # type: ignore[no-any-return]
