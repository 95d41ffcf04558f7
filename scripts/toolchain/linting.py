"""What `scripts/lint` checks, each check with its own name."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import npm_packages, rooms
from .cache import PROJECT
from .paths import Paths
from .process import clean_environment

# What runs in browsers.
FRONTEND = ("custom_components/victron_espnow/frontend", "firmware/web", "tests/frontend")


@dataclass(frozen=True)
class Check:
    """A check: its name and what it found, nothing if all is well."""

    name: str
    find: Callable[[Paths], str]


def run(command: list[object]) -> str:
    """Run a checker in the project's folder; return what it says if it objects."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=PROJECT,
        env=clean_environment(NO_COLOR="1"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.stdout.strip() or f"ended with code {done.returncode}" if done.returncode else ""


def everything() -> list[object]:
    """Return what ruff looks at: the project, and the scripts that it would not recognise."""
    return [".", *rooms.extensionless_scripts()]


def rules(paths: Paths) -> str:
    """Check the rules of style and likely mistakes."""
    return run([paths.ruff, "check", "--quiet", "--output-format", "concise", *everything()])


def layout(paths: Paths) -> str:
    """Check that every file is formatted."""
    found = run(
        [paths.ruff, "format", "--check", "--quiet", "--output-format", "concise", *everything()]
    )
    return f"{found}\nscripts/lint --fix formats them." if found else ""


def fix(paths: Paths) -> str:
    """Mend what can be mended without judgement, and format."""
    run([paths.ruff, "check", "--quiet", "--fix", "--exit-zero", *everything()])
    return run([paths.ruff, "format", *everything()])


def integration_types(paths: Paths) -> str:
    """Check the integration's types, strictly."""
    # Beside the environment, not in the clone: a fresh clone need not analyse Home Assistant again (40 s).
    memory = Path(paths.python).parents[1] / "mypy-cache"
    return run([paths.mypy, "--no-error-summary", "--cache-dir", memory])


def micropython_types(paths: Paths) -> str:
    """Check the firmware's types against MicroPython's own stubs."""
    folders = [
        folder
        for folder in rooms.micropython_folders()
        if folder.is_relative_to(PROJECT / "firmware")
    ]
    if not any(folder.rglob("*.py") for folder in folders):
        return ""
    settings = {
        "include": [str(folder) for folder in folders],
        "exclude": [str(folder) for folder in rooms.host_folders()],
        "extraPaths": [
            str(PROJECT / "firmware"),
            str(PROJECT / "custom_components/victron_espnow"),
        ],
        # Both: the stubs replace the standard library's, too.
        "stubPath": paths.stubs,
        "typeshedPath": paths.stubs,
        "pythonVersion": "3.13",
        "pythonPlatform": "All",
        "typeCheckingMode": "standard",
        "disableBytesTypePromotions": False,  # MicroPython takes any buffer where bytes are meant
        "reportMissingModuleSource": False,  # a stub is all there is: the modules are on the chip
    }
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "pyrightconfig.json"
        config.write_text(json.dumps(settings), encoding="utf-8")
        found = run([paths.basedpyright, "--project", config, "--pythonpath", paths.python])
        return found.replace(f"{PROJECT}/", "")


def frontend_types(paths: Paths) -> str:
    """Check the types that the frontend's comments name."""
    options = {
        "allowJs": True,
        "checkJs": True,
        "strict": True,
        "noEmit": True,
        "noUnusedLocals": True,
        "noUnusedParameters": True,
        "noFallthroughCasesInSwitch": True,
        "target": "es2023",
        "module": "es2022",
        "moduleResolution": "bundler",
        "lib": ["es2023", "dom", "dom.iterable"],
        "types": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "tsconfig.json"
        include = [str(PROJECT / where) for where in FRONTEND]
        config.write_text(json.dumps({"compilerOptions": options, "include": include}))
        found = run([*npm_packages.type_checker(), "--pretty", "false", "--project", config])
        return found.replace(f"{PROJECT}/", "")


def micropython_syntax(paths: Paths) -> str:
    """Compile every file that runs on MicroPython."""

    def compiled(path: Path) -> str:
        return run([paths.mpy_cross, path.relative_to(PROJECT), "-o", os.devnull])

    with ThreadPoolExecutor() as pool:
        found = filter(None, pool.map(compiled, rooms.micropython_files()))
        return "\n".join(map(in_short, found))


def in_short(traceback: str) -> str:
    """Turn mpy-cross's traceback into one line: file:line: error."""
    lines = traceback.splitlines()
    for line in reversed(lines[:-1]):
        words = line.strip().split('"')
        if len(words) == 3 and words[0] == "File ":
            number = words[2].replace(", line ", "").split(",")[0]
            return f"{words[1]}:{number}: {lines[-1]}"
    return traceback


QUICK = [
    Check("ruff check", rules),
    Check("ruff format", layout),
    Check("mpy-cross, every MicroPython file", micropython_syntax),
]
SLOW = [
    Check("mypy --strict, the integration", integration_types),
    Check("basedpyright, the firmware", micropython_types),
    Check("tsc --strict, the frontend", frontend_types),
]
