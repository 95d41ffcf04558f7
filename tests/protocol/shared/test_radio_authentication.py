from binascii import unhexlify

from noise import Noise
from protocol.authentication import hmac_sha256, node_key, same_bytes, site_tag

# RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
RFC_4231 = (
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
)


class Watched:
    """Bytes that remember which of them were read."""

    def __init__(self, data):
        self.data = data
        self.read = set()

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        self.read.add(index)
        return self.data[index]


def test_the_published_hmac_vectors_come_out():
    for key, message, expected in RFC_4231:
        assert hmac_sha256(key, message) == unhexlify(expected)


def test_a_message_in_parts_has_the_tag_of_the_whole():
    noise = Noise(1)
    for length in range(0, 200, 7):
        message = noise.data(length)
        cut = noise.below(length + 1)
        whole = hmac_sha256(b"key", message)
        assert hmac_sha256(b"key", memoryview(message)[:cut], message[cut:]) == whole


def test_the_comparison_reads_every_byte_even_after_a_difference():
    right = Watched(b"12345678")
    assert not same_bytes(b"X2345678", right)
    assert right.read == set(range(8))


def test_only_equal_bytes_of_equal_length_are_the_same():
    assert same_bytes(b"12345678", b"12345678")
    assert not same_bytes(b"12345678", b"12345679")
    assert not same_bytes(b"1234567", b"12345678")
    assert not same_bytes(b"12345678", b"")


def test_every_node_and_every_site_has_its_own_key():
    made = set()
    for site in (b"s" * 16, b"t" * 16):
        for mac in (b"123456", b"123457"):
            made.add(node_key(site, mac))
    assert len(made) == 4
    assert all(len(key) == 16 for key in made)


def test_the_site_tag_is_the_first_two_bytes_little_endian():
    digest = hmac_sha256(b"s" * 16, b"site tag")
    assert site_tag(b"s" * 16) == int.from_bytes(digest[:2], "little")
