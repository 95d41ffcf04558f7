"""The stage of the integration's tests fails when they leave too many of its lines out, or any of a flow's."""

import sys
from types import SimpleNamespace

import pytest

from toolchain import testing

LINES = "def answer(number):\n" + "    number += 1\n" * 40 + "    return number\n"
FLOW = "def ask(again):\n    if again:\n        return 1\n    return 0\n"
MODULE = "custom_components.victron_espnow"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one module and one test, instead of ours."""
    module = tmp_path / "custom_components" / "victron_espnow"
    tests = tmp_path / "tests" / "integration"
    module.mkdir(parents=True)
    tests.mkdir(parents=True)
    (module / "__init__.py").write_text(LINES)
    (module / "config_flow.py").write_text(FLOW)
    (tmp_path / "conftest.py").write_text("")  # its folder is where modules are found
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nasyncio_mode = "auto"\n')
    monkeypatch.setattr(testing, "PROJECT", tmp_path)
    return tests / "test_answer.py"


IMPORTS = f"import {MODULE} as it\nfrom {MODULE} import config_flow as flow\n\n"
ALL = "assert it.answer(2) == 42"


@pytest.mark.parametrize(
    ("test", "problem"),
    [(f"{ALL}; assert flow.ask(0) + flow.ask(1) == 1", ""),
     ("assert it.answer; assert flow.ask(0) + flow.ask(1) == 1", "Required test coverage of 97% not reached"),
     (f"{ALL}; assert flow.ask(0) == 0", "The flows have to be run whole")],
)  # fmt: skip
def test_lines_that_no_test_runs_fail_the_stage(project, test, problem):
    project.write_text(f"{IMPORTS}def test_some(): {test}\n")
    suite = testing.Suite(SimpleNamespace(python=sys.executable), fast=False, extra=[])
    outcome = suite.with_home_assistant("integration").run()
    assert outcome.count.passed == 1, outcome.text
    assert outcome.ok == (not problem), outcome.text
    assert problem in outcome.text
