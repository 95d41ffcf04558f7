"""Frames made from payloads, and the vectors: what the tests about Instant Readout share."""

import json

from protocol.aes import key_stream

HERE = __file__.rpartition("/")[0] or "."
KEY = bytes(range(0x5A, 0x6A))

with open(HERE + "/../vectors.json") as _file:
    VECTORS = json.load(_file)


def frame(record_type, payload, nonce=0x1234, key=KEY, product=0xA389):
    """Manufacturer data as a device with this key would send it."""
    head = bytes(
        (
            0x10,
            0x02,
            product & 255,
            product >> 8,
            record_type & 255 if record_type < 0xFF00 else 255,
        )
    )
    head += bytes((nonce & 255, nonce >> 8 & 255))
    if record_type >= 0xFF00:
        return head + bytes((record_type & 255,)) + payload
    head += key[:1]
    stream = key_stream(key, head, False) + bytes(32)
    return head + bytes([byte ^ stream[at] for at, byte in enumerate(payload)])


def bits(length, *fields):
    """A payload of ones with (first bit, width, value) put in: ones are spare bits and mostly NA."""
    whole = (1 << 8 * length) - 1
    for first, width, value in fields:
        mask = (1 << width) - 1
        whole = whole & ~(mask << first) | (value & mask) << first
    return whole.to_bytes(length, "little")


def with_kind(*kinds):
    return [vector for vector in VECTORS if vector["kind"] in kinds]


def advert(vector):
    return bytes.fromhex(vector["manufacturer_data_hex"])


def key_of(vector):
    return bytes.fromhex(vector["key_hex"]) if vector["key_hex"] else None


def payloads(record_type, *kinds):
    """The plain payloads of the vectors of one record type; real ones unless told."""
    return [
        bytes.fromhex(vector["decrypted_payload_hex"])
        for vector in with_kind(*(kinds or ("real", "real_payload_our_envelope")))
        if int(vector["record_type"], 16) == record_type
    ]
