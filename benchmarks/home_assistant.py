"""From an advertisement to states in a real Home Assistant, beside core's `victron_ble`: see recorder_rows.py."""

import os
from typing import Any

from .extent import Extent
from .row import Goal, Row, Table, failed

FIFTH = Goal(at_most=0.2, of_ratio=True)
NO_MORE = Goal(at_most=1, of_ratio=True)
_OPTIONS = ("-q", "--no-header", "-p", "no:cacheprovider", "-W", "ignore", "-o", "timeout=0")


def measure(extent: Extent) -> Table:
    """Play the same advertisements through both."""
    import pytest

    from . import recorder_rows

    os.environ[recorder_rows.SECONDS] = str(extent.home_assistant_s)
    found = recorder_rows.Table()
    pytest.main([str(recorder_rows.__file__), *_OPTIONS], plugins=[found])
    return Table(
        "From the advertisement to states in Home Assistant",
        _rows(found.costs, recorder_rows),
        (
            f"{recorder_rows.DEVICES} modelled devices for {extent.home_assistant_s} s, one reading "
            "a second each, through a real Home Assistant with its "
            "recorder: ours from the bytes of the serial port on, core's from what its coordinator "
            "is handed, so without the cost of "
            "Home Assistant's Bluetooth stack. Processor time of the event loop's thread.",
            "As shipped: with the rate limits that we ship, and all our entities. At equal writes: "
            "only the sensors that core has, each "
            "written at every change.",
        ),
        "victron_ble",
    )


def _rows(costs: dict[str, Any], names: Any) -> list[Row]:
    try:
        ours, same, core = (costs[name] for name in (names.OURS, names.EVERY_CHANGE, names.CORE))
    except KeyError:
        return [failed("Home Assistant: not measured, see above")]
    return [
        Row("processor time of an advertisement, as shipped", ours.advert_us, core.advert_us, FIFTH, "µs"),
        Row("processor time of an advertisement, at equal writes", same.advert_us, core.advert_us, NO_MORE, "µs"),
        Row("states written, as shipped", ours.writes, core.writes, digits=0),
        Row("states written, at equal writes", same.writes, core.writes, digits=0),
        Row("rows in the recorder, as shipped", ours.rows, core.rows, FIFTH, digits=0),
    ]  # fmt: skip
