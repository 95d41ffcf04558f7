"""The stage of the integration's tests fails when they leave too many of its lines out."""

import sys
from types import SimpleNamespace

import pytest

from toolchain import testing

LINES = "def answer(number):\n" + "    number += 1\n" * 40 + "    return number\n"
MODULE = "custom_components.victron_espnow"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one module and one test, instead of ours."""
    module = tmp_path / "custom_components" / "victron_espnow"
    tests = tmp_path / "tests" / "integration"
    module.mkdir(parents=True)
    tests.mkdir(parents=True)
    (module / "__init__.py").write_text(LINES)
    (tmp_path / "conftest.py").write_text("")  # its folder is where modules are found
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\nasyncio_mode = "auto"\n')
    monkeypatch.setattr(testing, "PROJECT", tmp_path)
    return tests / "test_answer.py"


@pytest.mark.parametrize(
    ("test", "is_good"),
    [(f"import {MODULE} as it\n\ndef test_all(): assert it.answer(2) == 42\n", True),
     (f"import {MODULE} as it\n\ndef test_little(): assert it.answer\n", False)],
)  # fmt: skip
def test_lines_that_no_test_runs_fail_the_stage(project, test, is_good):
    project.write_text(test)
    suite = testing.Suite(SimpleNamespace(python=sys.executable), fast=False, extra=[])
    outcome = suite.with_home_assistant("integration").run()
    assert outcome.count.passed == 1, outcome.text
    assert outcome.ok == is_good, outcome.text
    assert ("Required test coverage of 97% not reached" in outcome.text) != is_good
