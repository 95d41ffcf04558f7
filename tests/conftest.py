"""Nothing of Home Assistant here: tests/protocol, firmware and simulator run without it."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture
def heeding_ctrl_c() -> Iterator[None]:
    """Start programs that Ctrl-C ends, also where the tests run in a shell's background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
