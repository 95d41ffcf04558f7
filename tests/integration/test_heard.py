"""What is kept of a device in range: the rate of its readings, and frames to judge a key by."""

import pytest

from custom_components.victron_espnow.const import KEY_FRAMES, MAX_HEARD
from custom_components.victron_espnow.device import Advert
from custom_components.victron_espnow.heard import Heard, InRange

MAC, NODE = bytes(6), bytes(5) + b"\x01"


def advert(at: float, nonce: int, check_byte: int = 0x5D) -> Advert:
    data = bytes((0x10, 0, 0x89, 0xA3, 2)) + nonce.to_bytes(2, "little") + bytes((check_byte,))
    return Advert(MAC, NODE, -60, at, data)


def heard(*adverts: Advert) -> Heard:
    found = Heard(adverts[0])
    found.adverts.extend(adverts[1:])
    return found


@pytest.mark.parametrize(
    ("moments", "interval"),
    [
        ([(10, 1)], None),
        ([(10, 1), (11, 2), (12, 3), (13, 4)], 1.0),
        ([(10, 1), (11, 2), (12, 3), (900, 4), (901, 5)], 1.0),  # an absence is no rhythm
        ([(10, 1), (10.3, 1), (11, 2), (11.3, 2), (12, 3)], 1.0),  # two nodes hear it
        ([(10, 1), (11, 2), (11, 3), (12, 4)], 1.0),  # delivered together
    ],
)
def test_rate_is_that_of_new_readings(
    moments: list[tuple[float, int]], interval: float | None
) -> None:
    assert heard(*(advert(at, nonce) for at, nonce in moments)).interval == interval


def test_late_delivery_does_not_make_it_older() -> None:
    assert heard(advert(10, 2), advert(9, 1)).heard_at == 10


def test_frames_are_the_newest_of_distinct_nonces_and_of_one_key() -> None:
    numbers = [1, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 9]
    frames = heard(*(advert(at, nonce) for at, nonce in enumerate(numbers))).frames
    assert [one.data[5] for one in frames] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert len(frames) == KEY_FRAMES
    changed = heard(advert(10, 1), advert(11, 2), advert(12, 3, 0x9C), advert(13, 4, 0x9C))
    assert [one.data[5] for one in changed.frames] == [3, 4]


@pytest.mark.parametrize(
    ("head", "is_encrypted"),
    [("02..5d", True), ("ff..01", False), ("ff..77", True), ("42..5d", True)],
)
def test_what_nobody_knows_is_taken_for_encrypted(head: str, is_encrypted: bool) -> None:
    data = bytes.fromhex("100089a3" + head.replace("..", "0100"))
    assert heard(Advert(MAC, NODE, -60, 1.0, data)).is_encrypted == is_encrypted


def test_a_stranger_makes_room_for_another_and_no_configured_device_does() -> None:
    def of(number: int, at: float) -> Advert:
        return advert(at, 1)._replace(mac=number.to_bytes(6, "big"))

    in_range = InRange()
    ours = {number.to_bytes(6, "big") for number in range(MAX_HEARD - 2)}
    for number in range(MAX_HEARD):
        in_range.note(of(number, 1000 - number), ours)
    in_range.note(of(5000, 2000), ours)
    assert len(in_range) == MAX_HEARD
    assert ours < in_range.keys()
    assert of(MAX_HEARD - 1, 0).mac not in in_range  # the one silent for longest
    # With nobody to make room all the same, it is heard.
    in_range.note(of(6000, 2000), set(in_range))
    assert len(in_range) == MAX_HEARD + 1
