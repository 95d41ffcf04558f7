"""docs/architecture.md is true to the tree: its rooms are all there are, and its rules are kept."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .reading import PROJECT

TEXT = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
ROOMS = TEXT.partition("## The rooms")[2].partition("```")[2].partition("```")[0]
FIRMWARE = PROJECT / "firmware"
PASSING = {"build", "dist", "node_modules", "fuzz-found"}  # what a command leaves behind


def folders(where: Path) -> set[str]:
    """Return the names of what holds something of ours."""
    found = {path.name for path in where.iterdir() if path.is_dir() and any(path.rglob("*.*"))}
    return {name for name in found - PASSING if name[0] not in "._"}


def test_every_folder_and_every_command_is_named():
    words = set(ROOMS.replace("/", " ").split())
    commands = {
        path.name
        for path in (PROJECT / "scripts").iterdir()
        if os.access(path, os.X_OK) and path.is_file()
    }
    for what in (folders(PROJECT), folders(PROJECT / "tests"), folders(FIRMWARE), commands):
        assert len(what) > 3
        assert what - words == set()


def imports(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (file, what it imports), the names after a `from` too."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
            elif isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            for name in names:
                yield path.relative_to(folder.parent).as_posix(), name


# Rule 1: both interpreters' own, without input or output, and one cipher on each.
OF_PROTOCOL = {
    "binascii", "collections", "cryptography", "cryptolib", "hashlib", "json", "math", "re", "struct", "typing",
}  # fmt: skip


def test_the_protocol_imports_nothing_of_the_project_and_nothing_that_reads_or_writes():
    found = list(imports(PROJECT / "custom_components" / "victron_espnow" / "protocol"))
    assert {name.partition(".")[0] for _, name in found} == OF_PROTOCOL


@pytest.mark.parametrize(
    ("room", "others"),
    [("node", {"sensor", "display"}), ("sensor", {"display"}), ("display", {"sensor"})],
)
def test_rooms_of_the_firmware_depend_downwards_only(room: str, others: set[str]):
    found = list(imports(FIRMWARE / room))
    assert len(found) > 10
    assert [one for one in found if one[1].partition(".")[0] in others] == []


# Rule 3.
HARDWARE = {
    "bluetooth": {"sensor/scanner.py"},
    "espnow": {"node/radio_link.py"},
    "network": {"node/radio_link.py", "display/wifi.py", "display/access_point.py"},
    "machine.I2C": {"display/face.py", "display/measures.py"},
    "machine.Pin": {
        "display/face.py", "display/measures.py", "display/button.py", "display/sounder.py", "sensor/identify.py",
    },
}  # fmt: skip


@pytest.mark.parametrize("module", HARDWARE)
def test_hardware_is_touched_where_it_says(module: str):
    touching = {
        file
        for room in ("node", "sensor", "display")
        for file, name in imports(FIRMWARE / room)
        if name == module
    }
    assert touching == HARDWARE[module]
