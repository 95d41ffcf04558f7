"""The card's files as browsers get them: without the comments, which are a third of the bytes, and packed."""

import gzip
import hashlib
import re
import shutil
from pathlib import Path

SOURCES = Path(__file__).parent / "frontend"

# A comment of its own lines, one within a line, one behind it; indentation and empty lines.
_SPARE = re.compile(
    r"^[ \t]*/\*\*(?:(?!\*/).)*\*/\n | /\*\*.*?\*/[ ]? | [ \t]+//[ ][^\n]*$ | ^\s+",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
# A style sheet, and the space in it that separates nothing.
_STYLE = re.compile(r"(?<=STYLE = `)[^`]*")
_LOOSE = re.compile(r"\s*([{};,>])\s*|(?<=:) ")


def lean(source: str) -> str:
    """Return a module of ours without what only its readers need."""
    return _STYLE.sub(lambda style: _LOOSE.sub(r"\1", style[0]), _SPARE.sub("", source))


def prepare(cache: Path, version: str) -> tuple[str, Path]:
    """Return the name of just these files, and the folder that holds them.

    The name changes with every file, so that browsers keep none of another version; where nothing can be written
    the sources themselves are served.
    """
    sources = {path.name: path.read_text(encoding="utf-8") for path in SOURCES.glob("*.js")}
    digest = hashlib.sha256(repr(sorted(sources.items())).encode()).hexdigest()
    name = f"{version}-{digest[:8]}"
    folder = cache / name
    if not folder.is_dir():
        try:
            _write(folder, sources)
        except OSError:
            return name, SOURCES
    return name, folder


def _write(folder: Path, sources: dict[str, str]) -> None:
    """Write the files in one stroke, in the place of whatever an older version left."""
    shutil.rmtree(folder.parent, ignore_errors=True)
    draft = folder.with_name("draft")
    draft.mkdir(parents=True)
    for name, source in sources.items():
        content = lean(source).encode()
        (draft / name).write_bytes(content)
        # The web server answers with it whoever takes it packed.
        (draft / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
    draft.rename(folder)
