"""What stands in the documentation: its commands, links, headings and pictures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
DOCUMENTS = [
    PROJECT / "README.md",
    PROJECT / "CHANGELOG.md",
    *sorted((PROJECT / "docs").glob("*.md")),
]
PROGRAMS = ("scripts/", "python -m ", "python3 -m ", "git ", "sudo ", "curl ")
_FENCE = re.compile(r"^ *```")
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PICTURE_OR_LINK = re.compile(r'!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"')
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Command:
    """One command, and where it stands."""

    text: str
    document: str


def commands() -> list[Command]:
    """Return every command once for each document that it stands in."""
    found = {
        Command(text, document.relative_to(PROJECT).as_posix())
        for document in DOCUMENTS
        for text in _commands_of(document.read_text("utf-8"))
    }
    return sorted(found, key=lambda one: (one.text, one.document))


def _commands_of(text: str) -> Iterator[str]:
    for line, fenced in _lines(text):
        parts = [line] if fenced else _INLINE.findall(line)
        for part in parts:
            command = part.strip().removeprefix("$ ").partition("  ")[0].strip()
            if command.startswith(PROGRAMS) and command != "scripts/":
                yield command


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is code."""
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        else:
            yield line, fenced


def links(document: Path) -> list[str]:
    """Return what a document links to and shows."""
    plain = "\n".join(line for line, fenced in _lines(document.read_text("utf-8")) if not fenced)
    return [one or other for one, other in _PICTURE_OR_LINK.findall(_INLINE.sub("", plain))]


def anchors(document: Path) -> set[str]:
    """Return the anchors of its headings, as GitHub makes them."""
    text = "\n".join(line for line, fenced in _lines(document.read_text("utf-8")) if not fenced)
    found: set[str] = set()
    for heading in _HEADING.findall(text):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        number = 0
        while (anchor if not number else f"{anchor}-{number}") in found:
            number += 1
        found.add(anchor if not number else f"{anchor}-{number}")
    return found


def paths(document: Path) -> list[str]:
    """Return what looks like a file or folder of the project: `firmware/boot/main.py`."""
    tops = "|".join(re.escape(one.name) for one in PROJECT.iterdir() if one.is_dir())
    path = re.compile(rf"(?:{tops})/[\w./*-]*\w|(?:{tops})/")
    lines = [line for line, fenced in _lines(document.read_text("utf-8")) if not fenced]
    return [code for line in lines for code in _INLINE.findall(line) if path.fullmatch(code)]
