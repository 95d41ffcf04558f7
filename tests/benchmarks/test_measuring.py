"""The measurements themselves, as far as they do not hang on the computer."""

from benchmarks import allocations, bytes_sent, vectors
from benchmarks.allocated import allocated
from benchmarks.extent import FULL, QUICK
from benchmarks.row import Goal


def test_an_advertisement_allocates_nothing_and_a_frame_something():
    found = allocations.measure()
    assert [found[key] for key in ("adv-new", "adv-repeat", "adv-foreign")] == [0, 0, 0]
    assert all(found[key] > 0 for key in ("frame-sent", "frame-taken", "line", "decode"))


def test_what_is_allocated_is_seen_small_or_large():
    before = allocated()
    small = [bytes(100 + index % 2) for index in range(10_000)]
    large = bytearray(1_000_000)
    after = allocated()
    assert 2_000_000 < after - before < 3_000_000
    del small, large
    assert allocated() - before < 100_000


def test_most_vectors_are_read_by_both_peers():
    found = list(vectors.decodable())
    assert len(found) >= 35
    assert {"0x01", "0x02", "0x08", "0x0C"} <= {one.record for one in found}


def test_adverts_are_batched_as_the_proxy_does():
    address, data = bytes(6), bytes(31)
    at_once = [(1.0, address, data)] * 20
    later = [(1.05, address, data), (1.2, address, data)]
    assert [len(message) for message in bytes_sent._batches([*at_once, *later])] == [16, 5, 1]


def test_a_quick_run_leaves_out_goals_that_take_a_whole_one_and_says_so():
    goal = Goal(at_most=1)
    assert (FULL.if_long(goal), QUICK.if_long(goal)) == (goal, None)
    assert FULL.remark("it") == ()
    assert "no goal against it" in QUICK.remark("it")[0]
