"""How costs are judged to grow."""

from collections.abc import Callable

import pytest

from benchmarks import growth

SIZES = (1, 5, 10, 20, 50)


def missed(cost: Callable[[int], float], sizes: tuple[int, ...] = SIZES) -> list[str]:
    """Return which goals a cost by the number of devices would miss."""
    figures = {
        number: dict.fromkeys((name for name, *_ in growth._FIGURES), cost(number))
        for number in sizes
    }
    return [row.name for row in growth.rows(figures) if row.ok is False]


@pytest.mark.parametrize("fixed", [0.0, 60.0])
def test_a_cost_that_each_device_adds_to_is_fine(fixed: float):
    assert missed(lambda number: fixed + 0.3 * number) == []


def test_a_cost_that_ends_where_a_table_is_full_is_fine():
    assert missed(lambda number: 5 + min(number, 24)) == []


def test_a_quadratic_cost_is_seen_though_what_is_always_there_hides_it():
    def cost(number: int) -> float:
        return 60 + 0.01 * number * number

    assert cost(50) < 50 * cost(1)  # many times one device's
    found = missed(cost)
    assert found
    assert all(name.endswith("each further device above 20") for name in found)
    assert {name.partition(":")[0] for name in found} == {
        "Home Assistant", "display node", "sensor node",
    }  # fmt: skip


def test_a_quadratic_cost_that_nothing_hides_misses_both_goals():
    assert len(missed(lambda number: number * number)) > len(
        missed(lambda number: 60 + 0.01 * number * number)
    )


def test_of_two_sizes_nothing_is_said_but_the_sum():
    assert missed(lambda number: 60 + 0.01 * number * number, (1, 10)) == []
    assert growth._note_on_steepness((1, 10)) != growth._note_on_steepness(SIZES)
