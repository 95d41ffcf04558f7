"""What ESPHome's Bluetooth proxy would send for some advertisements; runs in the peers' own environment.

In: JSON, a list of messages, each a list of [address, RSSI, address type, hex digits of the AD structures].
Out: JSON, for each message its bytes as API frame in plain text, and encrypted (Noise).
"""

import json
import sys
from types import SimpleNamespace

from aioesphomeapi._frame_helper.noise import make_noise_packets
from aioesphomeapi._frame_helper.noise_encryption import EncryptCipher
from aioesphomeapi._frame_helper.packets import make_plain_text_packets
from aioesphomeapi.api_pb2 import BluetoothLERawAdvertisementsResponse
from aioesphomeapi.core import MESSAGE_TYPE_TO_PROTO
from chacha20poly1305_reuseable import ChaCha20Poly1305Reusable

ADVERTISEMENTS = next(
    number
    for number, kind in MESSAGE_TYPE_TO_PROTO.items()
    if kind is BluetoothLERawAdvertisementsResponse
)


def sizes(message: list[list[object]], cipher: EncryptCipher) -> tuple[int, int]:
    """Return the bytes of one message, plain and encrypted."""
    response = BluetoothLERawAdvertisementsResponse()
    for address, rssi, kind, data in message:
        response.advertisements.add(
            address=address, rssi=rssi, address_type=kind, data=bytes.fromhex(str(data))
        )
    packets = [(ADVERTISEMENTS, response.SerializeToString())]
    return len(b"".join(make_plain_text_packets(packets))), len(
        b"".join(make_noise_packets(packets, cipher))
    )


def main() -> None:
    """Answer."""
    after_handshake = SimpleNamespace(
        n=0, cipher=SimpleNamespace(cipher=ChaCha20Poly1305Reusable(bytes(32)))
    )
    cipher = EncryptCipher(after_handshake)
    json.dump([sizes(message, cipher) for message in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
