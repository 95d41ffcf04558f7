"""Which folders of the project run on MicroPython, and which scripts have no `.py` to know them by."""

from __future__ import annotations

from pathlib import Path

from .cache import PROJECT

RULES = "ruff-micropython.toml"  # a folder whose ruff.toml extends this runs on MicroPython


def micropython_folders(project: Path = PROJECT) -> list[Path]:
    """Return the folders whose Python files run on MicroPython."""
    return sorted(
        config.parent
        for config in project.glob("*/**/ruff.toml")
        if RULES in config.read_text(encoding="utf-8") and "node_modules" not in config.parts
    )


def host_folders(project: Path = PROJECT) -> list[Path]:
    """Return the folders inside those whose files do not: what makes the image."""
    inside = micropython_folders(project)
    return sorted(
        config.parent
        for config in project.glob("*/**/ruff.toml")
        if config.parent not in inside and not set(inside).isdisjoint(config.parent.parents)
    )


def micropython_files(project: Path = PROJECT) -> list[Path]:
    """Return every Python file that runs on MicroPython."""
    found = {path for folder in micropython_folders(project) for path in folder.rglob("*.py")}
    return sorted(
        found - {path for folder in host_folders(project) for path in folder.rglob("*.py")}
    )


def extensionless_scripts(project: Path = PROJECT) -> list[Path]:
    """Return the commands in scripts/ that are Python but do not say so in their name."""
    candidates = [path for path in (project / "scripts").iterdir() if path.is_file()]
    return sorted(path for path in candidates if not path.suffix and is_python(path))


def is_python(path: Path) -> bool:
    """Tell whether a file's first line names Python."""
    with path.open("rb") as file:
        return b"python" in file.readline(100)
