"""Links of the documentation lead somewhere, and every picture is shown."""

from pathlib import Path

import pytest

from .reading import DOCUMENTS, PROJECT, anchors, links, paths

PICTURES = sorted(
    path
    for path in (PROJECT / "docs").rglob("*")
    if path.suffix in {".png", ".svg", ".gif", ".jpg"}
)
# Where else a picture may be shown: what people see before they open a page of the documentation.
ALSO = [PROJECT / "flashing" / "page" / "index.html"]
# Files that are named and are not there, with the reason.
NOT_HERE = {
    "firmware/flash.py": "a decision against it",
    "tests/test_battery_monitor.py": "of keshavdv/victron-ble",
}


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_to_files_and_headings(document: Path):
    wrong = []
    for link in links(document):
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


def test_addresses_are_complete():
    for document in DOCUMENTS:
        for link in links(document):
            assert "://" not in link or link.startswith(("https://", "http://127.0.0.1")), link


def test_every_picture_is_shown():
    shown = {(one.parent / link).resolve() for one in DOCUMENTS for link in links(one)}
    shown |= {path for path in PICTURES for one in ALSO if path.name in one.read_text("utf-8")}
    assert [name(path) for path in PICTURES if path not in shown] == []


def test_every_page_can_be_reached_from_the_readme():
    seen = set()
    ahead = [PROJECT / "README.md"]
    while ahead:
        document = ahead.pop()
        seen.add(document)
        targets = {(document.parent / link.partition("#")[0]).resolve() for link in links(document)}
        ahead += [
            one for one in targets if one.suffix == ".md" and one.exists() and one not in seen
        ]
    assert [name(one) for one in DOCUMENTS if one not in seen | {PROJECT / "CHANGELOG.md"}] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_files_and_folders_that_are_named_exist(document: Path):
    named = [one for one in paths(document) if one not in NOT_HERE]
    assert [one for one in named if not list(PROJECT.glob(one))] == []
