"""RTC memory: what a node knows of its last life."""

from binascii import crc32

from machine import RTC

from node.kept import MOST_REASON, MOST_ROLE_DATA, Kept
from sensor.past import Past


def test_the_reason_of_a_restart_is_told_once():
    Kept().give_reason("asked for")
    assert Kept().reason == "asked for"
    assert Kept().reason == ""


def test_a_reason_can_be_taken_back():
    kept = Kept()
    kept.give_reason("gateway stuck")
    kept.give_reason("")
    assert Kept().reason == ""


def test_the_role_finds_its_data_again_however_often_the_node_restarts():
    Kept().role_data = b"epoch and sequence"
    Kept().give_reason("asked for")
    assert [Kept().role_data for _ in range(3)] == [b"epoch and sequence"] * 3


def test_nothing_is_believed_after_any_single_flipped_bit():
    kept = Kept()
    kept.role_data = b"role"
    kept.give_reason("why")
    whole = RTC.kept
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        RTC.kept = bytes(damaged)
        again = Kept()
        assert (again.reason, again.role_data, again.safe) == ("", b"", False), bit


def test_nothing_is_believed_when_the_power_was_gone():
    for memory in (b"", b"\x01", b"\xff" * 200):
        RTC.kept = memory
        assert (Kept().reason, Kept().role_data) == ("", b"")


def test_a_reason_is_short_and_printable_whatever_it_is_made_from():
    Kept().give_reason("Küche\n" + "x" * 200)
    reason = Kept().reason
    assert reason[:8] == "K??che?x"
    assert len(reason) == MOST_REASON


def test_a_reason_that_is_no_text_lets_the_node_start():
    Kept().give_reason("asked for")
    data = RTC.kept[:3] + b"\xff\xfeked for"
    RTC.kept = data + crc32(data).to_bytes(4, "little")
    assert Kept().reason == "??ked for"


def test_a_result_that_is_no_text_is_none():
    kept = Kept()
    kept.role_data = b"\x01\x07" + bytes(25) + b"\xff\xfe"
    past = Past(kept, False)
    assert (past.order, past.result) == (7, "")


def test_more_role_data_than_there_is_room_for_is_refused():
    kept = Kept()
    kept.role_data = bytes(MOST_ROLE_DATA)
    try:
        kept.role_data = bytes(MOST_ROLE_DATA + 1)
    except ValueError:
        assert Kept().role_data == bytes(MOST_ROLE_DATA)
        return
    raise AssertionError


def test_the_prompt_is_given_once_and_safe_mode_stays():
    kept = Kept()
    kept.ask_prompt()
    kept.safe = True
    kept = Kept()
    assert (kept.take_prompt(), kept.safe) == (True, True)
    kept = Kept()
    assert (kept.take_prompt(), kept.safe) == (False, True)
    kept.safe = False
    assert not Kept().safe
