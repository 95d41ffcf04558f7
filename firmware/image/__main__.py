"""Where a line of an image comes from: python -m firmware.image ROLE MODULE:LINE, as a traceback says it.

python -m firmware.image sensor rest:412       firmware/sensor/uplink.py:88, in Uplink._send_frame
"""

import ast
import sys
from pathlib import Path

from . import squeezed
from .program import Program

PROJECT = Path(__file__).resolve().parents[2]
ROOTS = (PROJECT / "firmware", PROJECT / "custom_components" / "victron_espnow")
PACKAGES = ("node", "sensor", "display", "protocol")


def sources() -> dict[str, Path]:
    """Return the files of the image by the names of their modules."""
    return {
        file.relative_to(root)
        .with_suffix("")
        .as_posix()
        .replace("/", ".")
        .removesuffix(".__init__"): file
        for root in ROOTS
        for package in PACKAGES
        for file in (root / package).glob("*.py")
    }


def origin(program: Program, module: str, line: int) -> tuple[str, int]:
    """Return the module and the line of a source."""
    lines = program.origins.get(module)
    if lines is None:
        return module, line
    if not 0 < line <= len(lines):
        raise ValueError(f"{module} has {len(lines)} lines")
    return lines[line - 1]


def within(text: str, line: int) -> str:
    """Return the names of the class and the function around a line."""
    around = [
        node for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.lineno <= line <= (node.end_lineno or 0)
    ]  # fmt: skip
    return ".".join(node.name for node in sorted(around, key=lambda node: node.lineno))


def main() -> int:
    """Translate one place."""
    if len(sys.argv) != 3 or ":" not in sys.argv[2]:
        print(__doc__, file=sys.stderr)
        return 2
    role, place = sys.argv[1:]
    file, _, line = place.partition(":")
    module = file.removesuffix(".py").replace("/", ".")
    files = sources()
    program = squeezed(
        {name: path.read_text("utf-8") for name, path in files.items()}, (f"{role}.main", "run")
    )
    if module not in program.origins:
        module = f"{role}.{module}"
    name, number = origin(program, module, int(line))
    if name not in files:
        print(f"{place} is not a line of a source")
        return 1
    path = files[name]
    print(f"{path.relative_to(PROJECT)}:{number}, in {within(path.read_text('utf-8'), number)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
