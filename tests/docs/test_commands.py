"""Every command of the documentation is run, as the table says; one that is in no table fails."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flashing import arguments

from .reading import PROJECT, Command, commands
from .table import TABLE, Flash, Help, Run, Twin

pytestmark = pytest.mark.timeout(600)  # what people wait for
COMMANDS = commands()
_LIMIT_S = 300
_OPTION = re.compile(r"--[a-z][a-z-]*")


def of_kind(kind: type) -> list[str]:
    return [text for text, how in TABLE.items() if isinstance(how, kind)]


def test_the_table_has_every_command_and_no_other():
    missing = [f"{one.document}: {one.text}" for one in COMMANDS if one.text not in TABLE]
    assert missing == []
    assert set(TABLE) - {one.text for one in COMMANDS} == set()


def test_commands_are_found_in_the_text():
    assert Command("scripts/demo", "README.md") in COMMANDS  # in a block
    assert Command("scripts/demo --scenario day", "README.md") in COMMANDS  # within a sentence
    assert Command("scripts/flash sensor", "docs/flashing.md") in COMMANDS  # with a comment behind


def words_of(text: str) -> list[str]:
    """Return what is executed: the scripts by this Python, so that no other one is needed."""
    first, *others = shlex.split(text)
    if first == "python":
        return [sys.executable, *others]
    return [str(PROJECT / first), *others]


def run(text: str, stdin: str = "", folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        words_of(text), cwd=folder, env=environment, input=stdin, capture_output=True, text=True,
        timeout=_LIMIT_S, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("text", of_kind(Run))
def test_it_runs(text: str):
    how = TABLE[text]
    assert isinstance(how, Run)
    done = run(how.instead or text, how.stdin)
    assert done.returncode == how.code, done.stdout + done.stderr
    assert how.says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_run_instead_is_the_same_program():
    for text, how in TABLE.items():
        if isinstance(how, Run) and how.instead:
            assert shlex.split(how.instead)[0] == shlex.split(text)[0]


@contextmanager
def display_node() -> Iterator[str]:
    """Offer the serial port of a simulated display node."""
    program = subprocess.Popen(
        words_of("scripts/simulator run trailer"), cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout
        for line in program.stdout:
            if line.startswith("Display node: "):
                yield line.split()[2]
                break
    finally:
        program.terminate()
        program.communicate(timeout=30)


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    with display_node() as url:
        yield url


@pytest.mark.parametrize("text", of_kind(Twin))
def test_it_runs_with_a_simulated_board(text: str, port: str, tmp_path: Path):
    how = TABLE[text]
    assert isinstance(how, Twin)
    command = re.sub(r"(--port) \S+", rf"\1 {port}", text)
    done = run(f"{command} {how.instead} --output {tmp_path / 'report.md'}")
    assert done.returncode in (0, 1), done.stdout + done.stderr  # 1: the unix port is older
    assert how.says in (tmp_path / "report.md").read_text("utf-8")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", of_kind(Flash))
def test_the_flasher_takes_it(text: str):
    how = TABLE[text]
    assert isinstance(how, Flash)
    words = shlex.split(text.replace("…", how.role))[1:]
    arguments.check(arguments.parsed(words))
    tested = "\n".join(path.read_text("utf-8") for path in (PROJECT / "tests/flash").glob("*.py"))
    assert all(f'"{option}"' in tested for option in _OPTION.findall(text))


@pytest.mark.parametrize("text", of_kind(Help))
def test_its_help_knows_its_options_and_a_test_runs_it(text: str):
    how = TABLE[text]
    assert isinstance(how, Help)
    program = shlex.split(text)[0]
    assert (PROJECT / how.run_by).exists()
    done = run(f"{program} --help")
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout
    for option in _OPTION.findall(text):
        assert option in done.stdout


def test_what_the_documents_say_of_options_is_in_the_help():
    """`--dry-run` and the like, by themselves in the page of a program."""
    for page, program in (
        ("flashing.md", "scripts/flash"),
        ("hardware-test.md", "scripts/hardware-check"),
    ):
        shown = run(f"{program} --help").stdout
        text = (PROJECT / "docs" / page).read_text("utf-8")
        alone = {
            option
            for code in re.findall(r"`([^`\n]+)`", text)
            if not code.startswith(("sudo", "git", "curl"))
            for option in _OPTION.findall(code)
        }
        assert {option for option in alone if option not in shown} == set()
