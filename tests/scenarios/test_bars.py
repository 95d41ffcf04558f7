"""What the firmware has promised holds, measured shortly; scripts/scenarios measures it at length."""

import pytest

from simulator.bars.bar import Bar, Extent
from simulator.bars.catalogue import BARS

_OF_ITS_OWN = ("heap",)  # tests/benchmarks or the command: it takes minutes
_SHORT = [bar for bar in BARS if bar.name not in _OF_ITS_OWN]


@pytest.mark.parametrize("bar", _SHORT, ids=[bar.name for bar in _SHORT])
async def test_the_bar_is_reached(bar: Bar):
    measured = await bar.measure(1, Extent(short=True))
    print(measured)
    assert {name for name, goal in bar.goals.items() if str(goal)} <= set(measured)
    short = {name for name, figure in measured.items() if not bar.goals[name].holds(figure)}
    assert short == set()
