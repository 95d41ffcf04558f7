"""The runner of the shared tests must not call anything passed that did not run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUNNER = Path(__file__).parent / "shared" / "run.py"


def run(folder: Path, tests: dict[str, str], *arguments: str) -> tuple[int, list[str]]:
    shutil.copy(RUNNER, folder / "run.py")
    for name, source in tests.items():
        (folder / name).write_text(source)
    command = [sys.executable, str(folder / "run.py"), *arguments]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


GOOD = "def test_good():\n    pass\n"


def test_passed_tests_are_counted(tmp_path: Path) -> None:
    assert run(tmp_path, {"test_a.py": GOOD, "test_b.py": GOOD}) == (0, ["2 passed, 0 failed"])


@pytest.mark.parametrize(
    "source",
    [
        "def test_bad():\n    assert False\n",
        "def test_bad():\n    raise SystemExit(0)\n",
        "import nothing_of_this_name\n",
        "this is no Python\n",
    ],
)
def test_what_fails_is_named_and_counted(tmp_path: Path, source: str) -> None:
    code, output = run(tmp_path, {"test_a.py": GOOD, "test_bad.py": source})
    assert code == 1
    assert output[-1] == "1 passed, 1 failed"
    assert output[0].startswith("FAILED test_bad.py ")
    assert any("Traceback" in row or "SyntaxError" in row for row in output)


def test_finding_nothing_is_a_failure(tmp_path: Path) -> None:
    assert run(tmp_path, {"helpers.py": GOOD}) == (1, ["0 passed, 0 failed"])


def test_single_files_can_be_named(tmp_path: Path) -> None:
    tests = {"test_a.py": GOOD, "test_b.py": GOOD}
    assert run(tmp_path, tests, "somewhere/test_b.py") == (0, ["1 passed, 0 failed"])
    assert run(tmp_path, tests, "test_missing.py")[0] == 1
