"""The comparison of the two interpreters' numbers."""

import pytest

from toolchain.counts import Count, difference, of_micropython, of_pytest

REPORT = """<testsuites><testsuite>
  <testcase file="tests/protocol/shared/test_radio.py" classname="a" name="test_good"/>
  <testcase file="tests/protocol/shared/test_radio.py" classname="a" name="test_bad"><failure/></testcase>
  <testcase file="tests/protocol/shared/test_radio.py" classname="a" name="test_twice"/>
  <testcase file="tests/protocol/shared/test_radio.py" classname="a" name="test_twice"><error/></testcase>
  <testcase file="tests/protocol/test_property.py" classname="b" name="test_elsewhere"/>
  <testcase file="tests/protocol/test_property.py" classname="b" name="test_left"><skipped/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    return path


def test_counts_all_of_a_report(report):
    assert of_pytest(report) == Count(passed=2, failed=2, skipped=1)


def test_counts_one_folder_of_a_report(report):
    assert of_pytest(report, "tests/protocol/shared/") == Count(passed=1, failed=2)


def test_no_report_is_no_count(tmp_path):
    assert of_pytest(tmp_path / "none.xml") is None
    (tmp_path / "cut.xml").write_text("<testsuites><testsu")
    assert of_pytest(tmp_path / "cut.xml") is None


@pytest.mark.parametrize("line", ["mpy: 12 passed, 3 failed", "12 passed, 3 failed"])
def test_reads_the_closing_line_of_micropython(line):
    assert of_micropython(f"test_a: 4 passed, 0 failed\n{line}\n") == Count(12, 3)


def test_a_runner_that_dies_has_no_count():
    assert of_micropython("Traceback (most recent call last):\nMemoryError:\n") is None


def test_equal_numbers_are_no_difference():
    assert difference(Count(12), Count(12)) == ""


def test_the_same_number_with_failures_is_left_to_the_runners():
    assert difference(Count(12), Count(11, 1)) == ""


@pytest.mark.parametrize(
    ("cpython", "micropython", "said"),
    [
        (Count(12), Count(11), "CPython ran 12 of the shared tests, MicroPython 11"),
        (Count(11), Count(12), "CPython ran 11 of the shared tests, MicroPython 12"),
        (Count(11, 0, 1), Count(11), "skipped 1"),
        (Count(), Count(), "neither"),
        (None, Count(12), "CPython's runner left no report"),
        (Count(12), None, "MicroPython's runner printed no closing line"),
    ],
)
def test_any_difference_is_said(cpython, micropython, said):
    assert said in difference(cpython, micropython)
