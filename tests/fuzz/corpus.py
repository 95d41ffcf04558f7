"""Inputs as text, one a line, so that what is new can be read where changes are read."""

from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
CRASHES = HERE / "crashes"  # inputs that once were one; each is a test


def read(folder: Path, target: str) -> list[bytes]:
    """Return the inputs of a target."""
    file = folder / f"{target}.txt"
    if not file.exists():
        return []
    lines = file.read_text("ascii").split("\n")
    return [from_text(line) for line in lines if not line.startswith("#") and line]


def write(folder: Path, target: str, inputs: Iterable[bytes]) -> None:
    """Keep the inputs of a target, the shortest first."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [to_text(one) for one in sorted(set(inputs), key=lambda one: (len(one), one))]
    (folder / f"{target}.txt").write_text("".join(f"{line}\n" for line in lines), "ascii")


def to_text(data: bytes) -> str:
    """Return bytes as printable ASCII."""
    text = data.decode("latin-1").encode("unicode_escape").decode()
    return "\\x23" + text[1:] if text.startswith("#") else text or "\\"


def from_text(text: str) -> bytes:
    """Return what was written."""
    return b"" if text == "\\" else text.encode().decode("unicode_escape").encode("latin-1")
