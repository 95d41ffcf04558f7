"""What the README says of speed and memory stands in benchmarks/RESULTS.md, which `scripts/bench --write` writes."""

import re
from pathlib import Path

from benchmarks.catalogue import TABLES

PROJECT = Path(__file__).resolve().parents[2]
RESULTS = (PROJECT / "benchmarks" / "RESULTS.md").read_text("utf-8")
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)? (?:µs|ms|s|B|KB|%)(?=[ ,;|]|$)|\b\d+,\d+\b")


def test_every_figure_of_the_readme_is_one_of_the_results():
    text = (PROJECT / "README.md").read_text("utf-8")
    section = text.partition("### How fast, how light")[2].partition("\n## ")[0]
    ours = [cell for line in section.splitlines() for cell in line.split("|")[2:4]]
    figures = [figure for cell in ours for figure in FIGURE.findall(cell)]
    assert len(figures) >= 14
    known = set(FIGURE.findall(RESULTS.replace("|", " |")))
    assert [figure for figure in figures if figure not in known] == []


def test_the_results_are_of_a_whole_run():
    assert len(re.findall(r"(?m)^## ", RESULTS)) == len(TABLES)
    assert "not measured" not in RESULTS
