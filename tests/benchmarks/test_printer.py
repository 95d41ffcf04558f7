"""Tables: ratios, verdicts, and the two forms they are printed in."""

import json
from dataclasses import asdict

import pytest

from benchmarks import child, printer, results
from benchmarks.row import Goal, Row, Table, failed

FIFTH = Goal(at_most=0.2, of_ratio=True)
FAST = Row("fast", 4.04, 23.5, FIFTH, "µs")
SLOW = Row("slow", 5.0, 10.0, FIFTH, "µs", 2)
ALONE = Row("alone", 12345.6, unit="B", digits=0, more={"p50": "164 ms"})


def lines(*rows: Row, peer: str = "") -> list[str]:
    return printer.markdown(Table("Title", list(rows), ("A note.",), peer)).splitlines()


def test_a_goal_by_the_ratio_is_judged_by_it():
    assert (FAST.ratio, FAST.ok) == (pytest.approx(0.172, abs=0.001), True)
    assert (SLOW.ratio, SLOW.ok) == (0.5, False)
    assert Row("too", 2.01, 10, FIFTH).ok is False


def test_a_goal_of_ours_minds_no_peer():
    assert Row("heap", 40.0, 1.0, Goal(at_most=40)).ok
    assert Row("heap", 40.1, 1.0, Goal(at_most=40)).ok is False
    assert Row("fresh", 99.79, goal=Goal(at_least=99.8)).ok is False
    assert Row("shown", 1.0).ok is None


def test_what_could_not_be_measured_is_missed():
    assert failed("it").ok is False
    assert Row("no peer", 1.0, None, FIFTH).ok is False
    assert Row("no number", float("nan"), goal=Goal(at_most=1)).ok is False
    assert not Table("nothing", []).ok


def test_markdown_has_the_peers_name_the_ratio_and_the_verdict():
    text = lines(FAST, SLOW, peer="victron-ble")
    assert text[:3] == ["## Title", "", "|  | ours | victron-ble | ratio | goal |  |"]
    assert text[4] == "| fast | 4.0 µs | 23.5 µs | 0.172 | ratio ≤ 0.2 | ok |"
    assert text[5] == "| slow | 5.00 µs | 10.00 µs | 0.500 | ratio ≤ 0.2 | **MISSED** |"
    assert text[-1] == "A note."


def test_columns_that_nobody_fills_are_left_out():
    text = lines(ALONE)
    assert text[2:5] == [
        "|  | p50 | ours |",
        "| :-- | --: | --: |",
        "| alone | 164 ms | 12,346 B |",
    ]


def test_every_line_of_a_mixed_table_has_as_many_cells():
    text = lines(FAST, ALONE, failed("broken"))
    assert {line.count("|") for line in text if line.startswith("|")} == {8}


def test_json_has_what_a_program_judges_by():
    found = json.loads(
        printer.as_json([("decode", Table("T", [FAST, SLOW]), 1.26)], {"Python": "3"})
    )
    table = found["tables"][0]
    assert (found["versions"], table["table"], table["seconds"]) == ({"Python": "3"}, "decode", 1.3)
    assert table["ok"] is False
    assert [(row["name"], row["ours"], row["peer"], row["ok"]) for row in table["rows"]] == [
        ("fast", 4.04, 23.5, True),
        ("slow", 5.0, 10.0, False),
    ]


def test_a_table_is_the_same_after_its_way_from_the_process_that_measured_it():
    table = Table("Title", [FAST, SLOW, ALONE, failed("x")], ("A.", "B."), "peer")
    assert child.read(json.dumps(asdict(table))) == table


def test_the_results_name_what_is_missed():
    facts = {"Python": "3.14"}
    page = results.text([("decode", Table("T", [FAST, SLOW]), 60)], facts)
    assert "Missed goals: slow." in page
    assert "| Python | 3.14 |" in page
    assert "Every goal is reached." in results.text([("decode", Table("T", [FAST]), 60)], facts)
