"""Figures from what was heard."""

import pytest

from hardware_check.measures import Device, by_strength, gained, hop, receipts


def device(*nonces: int, rssi: int = -70) -> Device:
    """Return a device that was heard once a second."""
    one = Device()
    for second, nonce in enumerate(nonces):
        one.add(second, rssi, b"\x10\x02\x89\xa3\x02" + nonce.to_bytes(2, "little"))
    return one


@pytest.mark.parametrize(
    ("nonces", "missing"),
    [
        ((7, 8, 9), 0),
        ((7, 9, 12), 3),
        ((7, 7, 8), 0),  # the same reading twice
        ((65534, 65535, 0, 2), 1),  # the counter begins anew
        ((7, 8, 20_000, 20_001), 0),  # the device did
        ((), 0),
    ],
)
def test_missing_readings_are_the_numbers_in_between(nonces: tuple[int, ...], missing: int) -> None:
    assert device(*nonces).missing == missing


def test_a_device_is_told_by_rate_losses_gap_and_strength() -> None:
    one = device(1, 2, 4, 4, 9)
    assert one.figures(30) == {
        "readings": 4,
        "per_minute": 8.0,
        "missing_percent": 55.56,
        "longest_gap_s": 2,
        "rssi": -70,
    }


def test_a_device_that_was_not_heard_has_no_figures_and_no_error() -> None:
    assert Device().figures(30)["rssi"] is None


def test_losses_are_told_by_strength_in_steps_of_ten_decibels() -> None:
    strong, weak, weaker = device(1, 2, rssi=-55), device(1, 3, rssi=-81), device(1, 2, rssi=-89)
    assert by_strength([weaker, strong, weak]) == {
        "-60 to -51 dBm": 0.0,
        "-90 to -81 dBm": 20.0,
    }


def test_a_hop_is_told_by_the_frames_between_two_reports() -> None:
    before = {"frames": 100, "lost": 7, "rssi": -50}
    after = {"frames": 199, "lost": 8, "rssi": -60}
    assert hop(before, after) == {"frames": 99, "lost": 1, "lost_percent": 1.0, "rssi": -60}


def test_receipts_stand_beside_acknowledgements() -> None:
    before = {"receipts": 1, "missing_receipts": 1, "acknowledged": 0, "unacknowledged": 0}
    after = {"receipts": 10, "missing_receipts": 2, "acknowledged": 99, "unacknowledged": 1}
    found = receipts(before, after)
    assert found["receipts_percent"] == 90.0
    assert found["mac_acknowledged_percent"] == 99.0
    assert found["asked"] == 10
    assert found["retries"] is None


@pytest.mark.parametrize(
    ("before", "after"), [({}, {"n": 1}), ({"n": 5}, {"n": 1}), ({"n": "x"}, {"n": 1})]
)
def test_a_counter_that_began_anew_or_is_none_has_gained_nothing_known(
    before: dict[str, int], after: dict[str, int]
) -> None:
    assert gained(before, after, "n") is None
