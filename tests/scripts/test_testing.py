"""The table and the closing line of scripts/test."""

from toolchain.counts import Count
from toolchain.testing import Outcome, Stage, inner, table


def closing_line(*outcomes):
    return table([(Stage("stage", lambda: None), each) for each in outcomes], 1.0).splitlines()[-1]


def test_the_closing_line_sums_all_runners():
    good = [Outcome(True, count=Count(3)), Outcome(True, count=Count(4, 0, 2))]
    assert closing_line(*good) == "7 passed, 0 failed, 2 skipped"


def test_a_failed_stage_without_a_failed_test_counts():
    assert closing_line(Outcome(True, count=Count(3)), Outcome(False)) == "3 passed, 1 failed"


def test_failed_tests_count_once():
    assert closing_line(Outcome(False, count=Count(3, 2))) == "3 passed, 2 failed"


def test_a_runners_own_closing_line_is_not_taken_for_ours():
    assert inner("mpy: 3 passed, 0 failed\n4 passed in 1 s\nok") == (
        "  mpy: 3 passed, 0 failed\n  4 passed in 1 s\nok"
    )
