"""The search that other tests rely on finds a secret in every form, and nothing where there is none."""

import base64
import gzip
import json
from random import Random

import pytest

from .traces import found

KEY = bytes.fromhex("f3a90c5b7e21d84466b1fe0297c83d1a")
SECRETS = {"key": KEY, "other": bytes.fromhex("9b1f43c0de5a7788a1b2c3d4e5f60718")}
FORMS = {
    "bytes": KEY,
    "hex": KEY.hex().encode(),
    "capitals": KEY.hex().upper().encode(),
    "colons": KEY.hex(":").encode(),
    "capitals and blanks": KEY.hex(" ").upper().encode(),
    "the first half": KEY[:8].hex().encode(),
    "the second half": KEY[8:],
    "printed": repr(KEY).encode(),
    "printed half": repr(bytearray(KEY[:8])).encode(),
    "a list": json.dumps(list(KEY)).encode(),
    "a short list": json.dumps(list(KEY), separators=(",", ":")).encode(),
    "a number": f"{int.from_bytes(KEY, 'little'):x}".encode(),
    "base64": base64.b64encode(KEY),
    "base64 of half": base64.b64encode(KEY[:8]),
    "base64 for addresses": base64.urlsafe_b64encode(KEY),
    "base64, one byte in": base64.b64encode(b"x" + KEY + b"y"),
    "base64, two bytes in": base64.b64encode(b"xy" + KEY + b"z"),
    "packed": gzip.compress(b"key=" + KEY.hex().encode()),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found(form: str):
    noise = Random(1).randbytes(300)
    text = FORMS[form] if form == "packed" else noise + FORMS[form] + noise
    assert found(SECRETS, [noise, text]) == {"key"}


def test_where_there_is_none_none_is_found():
    noise = Random(2).randbytes(1 << 20)
    hexed = noise.hex().encode()
    less = KEY[:7].hex().encode() + b" " + KEY[9:]
    assert found(SECRETS, [noise, hexed, base64.b64encode(noise), less]) == set()
