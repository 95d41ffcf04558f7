"""Arcs, curves and the course of values, as numbers."""

import itertools
import math
import re

import pytest

from .conftest import MODULES, Call


def test_the_ring_is_open_below(call: Call):
    path = call("geometry.js", "arc", {"x": 100, "y": 100}, 90, -135, 270)
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", path)]
    (x1, y1), (x2, y2) = numbers[:2], numbers[-2:]
    assert (x1, y1) == pytest.approx((36.36, 163.64))
    assert (x2, y2) == pytest.approx((163.64, 163.64))
    assert " 0 1 1 " in path  # the long way round, clockwise


@pytest.mark.parametrize("name", ["horizontalCurve", "verticalCurve"])
def test_a_dot_runs_evenly(call: Call, name: str):
    curve = call("geometry.js", name, {"x": 0, "y": 0}, {"x": 200, "y": 120})
    points = call("geometry.js", "evenly", curve, 2)
    steps = [math.dist(one.values(), two.values()) for one, two in itertools.pairwise(points)]
    assert points[0] == {"x": 0, "y": 0}
    assert points[-1] == {"x": 200, "y": 120}
    assert max(steps) / min(steps) < 1.05
    assert call("geometry.js", "lengthOf", points) == pytest.approx(sum(steps))


def test_a_line_of_no_length_is_no_trouble(call: Call):
    here = {"x": 5, "y": 5}
    assert call("geometry.js", "evenly", [here] * 4, 2) == [here, here]


def test_a_curve_breaks_where_nothing_is_known(call: Call):
    drawn = call("spark.js", "course", [0, 10, None, 10, 5], 100, 24)
    assert drawn["line"] == "M0 23L25 1M75 1L100 12"
    assert drawn["area"].count("V23") == 2
    assert call("spark.js", "course", [], 100, 24) == {"line": "", "area": ""}
    assert call("spark.js", "course", [None, 3, None], 100, 24)["line"] == ""


def test_what_is_taken_out_lies_below_nought(call: Call):
    drawn = call("spark.js", "course", [-10, 10], 100, 24)
    assert drawn["area"].endswith("V12H0Z")


TRACE = f"""async (parts) => {{
  const {{ Trace, COLUMNS }} = await import('{MODULES}trace.js');
  const trace = new Trace(96);
  for (const [rows, now] of parts.taken) trace.take(rows, now);
  const values = trace.values(parts.now);
  return {{ values, count: COLUMNS, kept: trace._columns.size }};
}}"""


def trace(page, now: float, *taken) -> list:
    parts = {"now": now, "taken": taken}
    found = page.evaluate(TRACE, parts)
    assert len(found["values"]) == found["count"] == 96
    assert found["kept"] <= 97
    return found["values"]


def rows(*pairs) -> list[dict]:
    return [{"s": state, "lu": at} for state, at in pairs]


def test_a_state_stands_until_the_next_one(blank):
    values = trace(blank, 1000.5, [rows(("5", 980), ("7", 990)), 1000])
    assert values[-21:-10] == [5] * 10 + [7]
    assert values[-10:] == [7] * 10
    assert values[:75] == [None] * 75


def test_a_column_shows_the_mean_and_goes_on_with_the_last(blank):
    values = trace(blank, 1002.5, [rows(("4", 1000.1), ("8", 1000.9)), 1001])
    assert values[-3:] == [6, 8, 8]


@pytest.mark.parametrize("state", ["unavailable", "unknown", "", "NaN"])
def test_what_is_not_known_is_a_gap(blank, state: str):
    values = trace(blank, 1004.5, [rows(("4", 1000), (state, 1002), ("9", 1004)), 1004])
    assert values[-5:] == [4, 4, None, None, 9]


def test_the_curve_begins_with_the_state_of_before(blank):
    assert trace(blank, 1000, [rows(("3", 100)), 1000]) == [3] * 96


def test_it_moves_on_and_forgets(blank):
    values = trace(blank, 5000, [rows(("3", 100)), 1000], [rows(("8", 4950)), 5000])
    assert values[:45] == [3] * 45
    assert values[-50:] == [8] * 50
