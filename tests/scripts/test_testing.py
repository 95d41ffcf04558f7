"""The table and the closing line of scripts/test, and what it runs for named tests."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import SimpleNamespace

import pytest

from toolchain.cache import PROJECT
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


@pytest.mark.parametrize(
    ("tests", "interpreter"), [("tests/integration", "theirs"), ("tests/frontend", "ours")]
)
def test_named_tests_run_on_the_home_assistant_that_is_wanted(
    tests, interpreter, monkeypatch, tmp_path
):
    """Those without the harness start it themselves, and are told which."""
    loader = SourceFileLoader("scripts_test", str(PROJECT / "scripts" / "test"))
    script = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(script)
    (tmp_path / "lib" / "python3" / "site-packages").mkdir(parents=True)
    ours = tmp_path / "bin" / "ours"
    paths = SimpleNamespace(python=str(ours), hass_python=str(tmp_path / "other" / "theirs"))
    ran = []
    monkeypatch.setattr(script, "become", lambda command, **more: ran.append((command, more)))
    script.only(paths, [str(PROJECT / tests), "-q"], [str(PROJECT / tests)], "2026.11")
    ((command, more),) = ran
    assert command[0].endswith(interpreter)
    assert more == {"HOME_ASSISTANT": "2026.11"}
