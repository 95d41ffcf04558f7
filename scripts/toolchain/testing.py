"""The stages of `scripts/test`: what each runs, how its tests are counted, and the table at the end."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Callable

from . import counts
from .cache import PROJECT
from .command import INTERRUPTED
from .counts import Count
from .paths import Paths
from .process import clean_environment

# Without the harness: it imports Home Assistant and blocks sockets, and these tests need neither.
WITHOUT_HOME_ASSISTANT = ("-p", "no:homeassistant")
WITH_HOME_ASSISTANT = ("integration", "end_to_end")  # folders of tests/ that need it
COVERED = "integration"  # the folder whose tests have to reach nearly every line of the integration
COVERAGE = (
    "--cov=custom_components.victron_espnow",
    "--cov-report=term",
    "--cov-fail-under=97",
)
# What people are led through has no line that no test runs.
FLOWS = (
    "config_flow",
    "device_flow",
    "choosing",
    "nearby",
    "key_trial",
    "options_flow",
    "screen_options",
    "repairs",
)
ON_HOME_ASSISTANT = "tests/on_home_assistant.py"  # runs pytest on another one than the harness's
LIMIT = 1800  # seconds for one stage, whatever it runs
RUNNER = "tests/protocol/shared/run.py"
LONG = (
    "frontend",
    "simulator",
    "integration",
    "end_to_end",
)  # the longest first; the others in any order
AT_ONCE = 3  # on two cores: much of the time tests wait for what happens in real time


@dataclass
class Stage:
    """A stage: its name, and a function that runs it and returns its outcome."""

    name: str
    run: Callable[[], Outcome]


@dataclass
class Outcome:
    """What came of a stage."""

    ok: bool
    text: str = ""
    count: Count = field(default_factory=Count)
    note: str = ""
    seconds: float = 0.0


class Running:
    """The programs under way, so that an interrupted run leaves none behind."""

    def __init__(self) -> None:
        self.programs: list[subprocess.Popen[str]] = []
        self.stopped = False

    def run(self, command: list[str]) -> tuple[int, str]:
        """Run a program in the project's folder; return its exit code and what it printed."""
        if self.stopped:
            return INTERRUPTED, "Not run.\n"
        program = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.programs.append(program)
        try:
            text, _ = program.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            program.kill()
            text, _ = program.communicate()
            text += f"\nEnded: it took longer than {LIMIT // 60} minutes.\n"
        return program.returncode, text

    def stop(self) -> None:
        """End what still runs, and start nothing more."""
        self.stopped = True
        for program in self.programs:
            if program.poll() is None:
                program.terminate()


class Suite:
    """All stages of one run."""

    def __init__(self, paths: Paths, fast: bool, extra: list[str]) -> None:
        self.paths = paths
        self.fast = fast
        self.extra = extra
        self.running = Running()
        self.shared_on_cpython: Count | None = None

    def chains(self) -> list[list[Stage]]:
        """Return the stages, the longest first, so that both cores end at about the same time.

        The stages of a chain follow one another: MicroPython's run compares its number with CPython's.
        """
        with_home_assistant = WITH_HOME_ASSISTANT[:1] if self.fast else WITH_HOME_ASSISTANT
        protocol = Stage("protocol", self.protocol)
        on_micropython = Stage("protocol on MicroPython", self.protocol_on_micropython)
        chains = [
            *([self.without_home_assistant(name)] for name in others()),
            *([self.with_home_assistant(name)] for name in with_home_assistant),
            [protocol, on_micropython],
            [Stage("lint", self.lint)],
        ]
        return sorted(chains, key=lambda chain: [*LONG, chain[0].name].index(chain[0].name))

    def without_home_assistant(self, name: str) -> Stage:
        """Return the stage of a folder whose tests need no Home Assistant."""
        return Stage(name, lambda: self.pytest([name], WITHOUT_HOME_ASSISTANT))

    def with_home_assistant(self, name: str) -> Stage:
        """Return the stage of a folder whose tests start Home Assistant."""
        # Of a part of the tests nothing can be said.
        if name == COVERED and not self.extra:
            return Stage(name, self.covered)
        return Stage(name, lambda: self.pytest([name]))

    def covered(self) -> Outcome:
        """Run the integration's tests, and see which of its lines they ran."""
        outcome = self.pytest([COVERED], COVERAGE)
        include = "--include=" + ",".join(f"*/{name}.py" for name in FLOWS)
        report = [self.paths.python, "-m", "coverage", "report", include, "--fail-under=100"]
        code, text = self.running.run(report)
        if code:
            outcome.ok = False
            outcome.text += f"\nThe flows have to be run whole:\n{text}"
        return outcome

    def lint(self) -> Outcome:
        """Style, layout, types, and MicroPython's compiler."""
        command = [sys.executable, str(PROJECT / "scripts" / "lint")]
        code, text = self.running.run(command + (["--fast"] if self.fast else []))
        return Outcome(code == 0, text)

    def protocol(self) -> Outcome:
        """Run the protocol's tests on CPython."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            outcome = self.pytest(["protocol"], WITHOUT_HOME_ASSISTANT, report)
            self.shared_on_cpython = counts.of_pytest(report, counts.SHARED)
        return outcome

    def protocol_on_micropython(self) -> Outcome:
        """Run the shared tests again, on MicroPython, and compare the numbers."""
        if not (PROJECT / RUNNER).exists():
            return Outcome(True, note=f"{RUNNER} is not there yet")
        code, text = self.running.run([self.paths.micropython, RUNNER])
        count = counts.of_micropython(text)
        problem = "" if self.extra else counts.difference(self.shared_on_cpython, count)
        if problem:
            text += f"\nThe two interpreters must run the same tests: {problem}.\n"
        note = f"MicroPython {self.paths.micropython_version}, {self.paths.micropython_bits}-bit"
        return Outcome(code == 0 and not problem, text, count or Count(), problem or note)

    def pytest(
        self, folders: list[str], options: tuple[str, ...] = (), report: Path | None = None
    ) -> Outcome:
        """Run pytest on some folders of tests/ and count by its report."""
        present = [name for name in folders if has_tests(name)]
        missing = [f"tests/{name}" for name in folders if name not in present]
        note = f"{', '.join(missing)}: not there yet" if missing else ""
        if not present:
            return Outcome(True, note=note)
        with tempfile.TemporaryDirectory() as folder:
            report = report or Path(folder) / "report.xml"
            command = [self.paths.python, "-m", "pytest", "-q", f"--junitxml={report}", *options]
            where = [f"tests/{name}" for name in present]
            code, text = self.running.run([*command, *self.extra, *where])
            count = counts.of_pytest(report)
        nothing_selected = code == 5 and bool(self.extra)
        return Outcome(code == 0 or nothing_selected, text, count or Count(), note)


def others() -> list[str]:
    """Return the folders of tests/ that have a process of their own neither for protocol nor Home Assistant."""
    expected = {"firmware", "simulator", "scripts"}
    found = {path.name for path in (PROJECT / "tests").iterdir() if has_tests(path.name)}
    return sorted((expected | found) - {"protocol", *WITH_HOME_ASSISTANT})


def has_tests(name: str) -> bool:
    """Tell whether a folder of tests/ holds a test."""
    return any((PROJECT / "tests" / name).rglob("test_*.py"))


def timed(stage: Stage) -> Outcome:
    """Run a stage, and know how long it took; whatever it meets, the others still run."""
    started = time.monotonic()
    try:
        outcome = stage.run()
    except OSError as error:
        outcome = Outcome(False, f"{error.filename or stage.name}: {error.strerror or error}")
    outcome.seconds = time.monotonic() - started
    return outcome


def run(suite: Suite) -> bool:
    """Run all stages, a few at a time; print each when it ends, then the table. True if all is well."""
    started = time.monotonic()
    ended: list[tuple[Stage, Outcome]] = []
    printing = Lock()

    def run_chain(stages: list[Stage]) -> None:
        for stage in stages:
            with printing:
                print(f"Running: {stage.name} ...", flush=True)
            outcome = timed(stage)
            with printing:
                show(stage, outcome)
                ended.append((stage, outcome))

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        try:
            list(pool.map(run_chain, suite.chains()))
        finally:
            suite.running.stop()  # inside: the pool waits for its chains, and they for their programs
    print(table(ended, time.monotonic() - started), flush=True)
    return all(outcome.ok for _, outcome in ended)


def show(stage: Stage, outcome: Outcome) -> None:
    """Print what a stage printed, under its name; of a good one the end is enough."""
    print(f"\n--- {stage.name} ({outcome.seconds:.1f} s): {'ok' if outcome.ok else 'FAILED'}")
    text = outcome.text.strip()
    if outcome.ok:
        text = "\n".join(text.splitlines()[-6:])
    if text:
        print(inner(text))
    if outcome.note:
        print(outcome.note)
    sys.stdout.flush()


def failures(outcome: Outcome) -> list[str]:
    """Return the runners' lines that name what failed."""
    if outcome.ok:
        return []
    return [line for line in outcome.text.splitlines() if re.match("(FAILED|ERROR|FAIL) ", line)]


def inner(text: str) -> str:
    """Indent lines that could be taken for the closing line of the whole run."""
    return re.sub(r"(?m)^(?=(\w+: )?\d+ passed)", "  ", text)


def table(ended: list[tuple[Stage, Outcome]], seconds: float) -> str:
    """Return the table of stages and the closing line with the sums of all runners."""
    width = max(len(stage.name) for stage, _ in ended)
    lines = ["", f"{'stage':<{width}}  result   seconds  tests"]
    total = Count()
    for stage, outcome in ended:
        # A stage that fails without a failed test (lint, a crash) counts as one failure.
        count = outcome.count
        if not outcome.ok and not count.failed:
            count += Count(failed=1)
        total += count
        verdict = "ok" if outcome.ok else "FAILED"
        tests = str(outcome.count) if outcome.count.ran or outcome.count.skipped else "-"
        lines.append(f"{stage.name:<{width}}  {verdict:<7}  {outcome.seconds:7.1f}  {tests}")
    lines += [f"{'all':<{width}}  {'':<7}  {seconds:7.1f}", ""]
    lines += [f"{stage.name}: {name}" for stage, outcome in ended for name in failures(outcome)]
    lines.append(str(total))
    return "\n".join(lines)
