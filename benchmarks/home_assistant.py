"""From an advertisement to states in a real Home Assistant, beside core's `victron_ble`: see recorder_rows.py."""

from . import recorder_rows
from .extent import Extent
from .row import Goal, Row, Table

FIFTH = Goal(at_most=0.2, of_ratio=True)
NO_MORE = Goal(at_most=1, of_ratio=True)


def measure(extent: Extent) -> Table:
    """Play the same advertisements through both, in turns."""
    names = [
        one for one in recorder_rows.TESTS if one != recorder_rows.COORDINATORS or not extent.short
    ]
    costs = recorder_rows.play(extent.home_assistant_s, names)
    ours, same, core = (
        costs[name] for name in (recorder_rows.OURS, recorder_rows.EVERY_CHANGE, recorder_rows.CORE)
    )
    rows = [
        Row(
            "processor time of an advertisement, as shipped",
            ours.advert_us, core.advert_us, extent.if_long(FIFTH), "µs",
        ),
        Row("processor time of an advertisement, at equal writes", same.advert_us, core.advert_us, NO_MORE, "µs"),
        *(
            Row("as shipped, beside core's coordinators alone", ours.advert_us, costs[name].advert_us, unit="µs")
            for name in names
            if name == recorder_rows.COORDINATORS
        ),
        Row("states written, as shipped", ours.writes, core.writes, digits=0),
        Row("states written, at equal writes", same.writes, core.writes, digits=0),
        Row("rows in the recorder, as shipped", ours.rows, core.rows, FIFTH, digits=0),
    ]  # fmt: skip
    devices = core.adverts // extent.home_assistant_s
    return Table(
        "From the advertisement to states in Home Assistant",
        rows,
        (
            f"{devices} modelled devices for {extent.home_assistant_s} s, one reading a second each, "
            "through a real Home Assistant with its recorder: ours from the bytes of the serial port "
            "on, core's as a Bluetooth proxy hands them over. Processor time of the event loop's "
            "thread; `benchmarks/recorder_rows.py` tells more.",
            "As shipped: with the rate limits that we ship, and all our entities. At equal writes: "
            "only the sensors that core has, each written at every change.",
            *extent.remark(
                "the time as shipped: at the start every state is written, which is too large a part of it"
            ),
        ),
        "victron_ble",
    )
