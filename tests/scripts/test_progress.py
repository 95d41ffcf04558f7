"""What a step says while it is under way."""

import time

import pytest

from toolchain import progress


def test_a_step_that_takes_long_says_now_and_then_that_it_is_still_at_work(monkeypatch, capsys):
    monkeypatch.setattr(progress, "REMIND_EVERY_S", 0.05)
    with progress.step("Home Assistant", "installing"):
        time.sleep(0.3)
    first, *between, last = capsys.readouterr().err.splitlines()
    assert first.endswith("installing ...")
    assert between
    assert all("still at work, 0 s so far" in line for line in between)
    assert last.startswith("Home Assistant    done (0.")


@pytest.mark.parametrize("failure", [OSError, KeyboardInterrupt])
def test_a_step_that_fails_says_no_more(monkeypatch, capsys, failure):
    monkeypatch.setattr(progress, "REMIND_EVERY_S", 0.05)
    with pytest.raises(failure), progress.step("Home Assistant", "installing"):
        raise failure
    time.sleep(0.2)
    assert len(capsys.readouterr().err.splitlines()) == 1
