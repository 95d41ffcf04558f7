"""Resolves the locks in requirements/ anew: exact versions with the hash of every file, no address of an index."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import cache, npm, uv
from .failure import Failure
from .progress import step

PYTHON = "3.14.2"  # the oldest that Home Assistant accepts
HASHES = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate"]
# Pure Python that is published without a wheel; everything else must have one, so that no compiler is needed.
WITHOUT_WHEEL = ("esptool", "mock-open", "pyric", "pyturbojpeg")


@dataclass(frozen=True)
class Lock:
    """A lock, the Python it is for, and whether it is for one system or all."""

    name: str
    python: str = PYTHON
    universal: bool = False
    within: str = ""  # the lock whose versions it keeps


PLAIN = [
    Lock("tools", "3.9", universal=True),
    Lock("build"),
    Lock("stubs"),
    Lock("decode", "3.11", universal=True),
    Lock("flash", "3.14", universal=True),
    Lock("peers", "3.14", universal=True),
]
HOME_ASSISTANT = [
    Lock("dev"),
    Lock("home-assistant-2026.10", within="dev"),
    Lock("home-assistant-2026.11"),
]


def update(upgrade: bool) -> None:
    """Resolve every lock; keep the versions that still fit unless they are to be upgraded."""
    for lock in PLAIN:
        resolve(lock, [], upgrade)
    for lock in HOME_ASSISTANT:
        with tempfile.TemporaryDirectory() as name:
            resolve(lock, home_assistant_options(lock, Path(name), upgrade), upgrade)
    if upgrade:
        npm.update()


def resolve(lock: Lock, options: list[object], upgrade: bool) -> None:
    """Write one lock from its .in file."""
    target = cache.REQUIREMENTS / f"{lock.name}.txt"
    before = packages(target)
    with step(target.name, "resolving") as now:
        words = ["pip", "compile", "--quiet", *HASHES, "--python-version", lock.python, *options]
        words += ["--universal"] if lock.universal else []
        words += ["--upgrade"] if upgrade else []
        words += ["-c", cache.REQUIREMENTS / f"{lock.within}.txt"] if lock.within else []
        uv.run([*words, target.with_suffix(".in"), "--output-file", target])
        after = packages(target)
        changed = sorted(
            f"{name} {after[name]}" for name in after if after[name] != before.get(name)
        )
        gone = sorted(f"without {name}" for name in before if name not in after)
        now.result = f"{len(after)} packages; " + (", ".join(changed + gone) or "nothing changed")


def packages(lock: Path) -> dict[str, str]:
    """Return the names and versions of a lock."""
    if not lock.exists():
        return {}
    return dict(re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8")))


def home_assistant_options(lock: Lock, folder: Path, upgrade: bool) -> list[object]:
    """Return the options that add what Home Assistant's integrations need, within its own constraints."""
    package = unpacked(home_assistant_version(lock), folder)
    wanted = folder / "integrations.in"
    wanted.write_text("\n".join(integration_requirements(package)) + "\n", encoding="utf-8")
    options: list[object] = ["--only-binary", ":all:"]
    for name in WITHOUT_WHEEL:
        options += ["--no-binary", name]
    # Without its constraints, others' loose demands (victron-ble's bleak>=0.19) would win over Home Assistant's pins.
    return [*options, "-c", package / "package_constraints.txt", wanted]


def home_assistant_version(lock: Lock) -> str:
    """Return the Home Assistant a lock's .in file leads to, by itself or by the harness's pin."""
    source = cache.REQUIREMENTS / f"{lock.name}.in"
    text = uv.run(
        [
            "pip",
            "compile",
            "--quiet",
            "--no-header",
            "--no-annotate",
            "--python-version",
            PYTHON,
            source,
        ]
    )
    found = re.search(r"(?m)^homeassistant==(\S+)", text)
    if not found:
        raise Failure(f"{source.name} leads to no Home Assistant; name it there.")
    return found[1]


def unpacked(version: str, folder: Path) -> Path:
    """Fetch a Home Assistant alone, to read its manifests; return its package folder."""
    command = ["pip", "install", "--quiet", "--no-deps", "--python-version", PYTHON]
    uv.run([*command, "--target", folder, f"homeassistant=={version}"])
    return folder / "homeassistant"


def integration_requirements(package: Path) -> list[str]:
    """Return the requirements of the integrations we name and of all they depend on."""
    todo = wanted_integrations()
    seen: set[str] = set()
    requirements: set[str] = set()
    while todo:
        domain = todo.pop()
        if domain in seen:
            continue
        seen.add(domain)
        manifest = package / "components" / domain / "manifest.json"
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        requirements.update(facts.get("requirements", []))
        todo += facts.get("dependencies", [])
    return sorted(requirements)


def wanted_integrations() -> list[str]:
    """Return the integrations named in requirements/integrations.txt."""
    lines = (cache.REQUIREMENTS / "integrations.txt").read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]
