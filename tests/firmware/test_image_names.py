"""Names of the image as it is flashed: whatever a module is asked for is there."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator

import pytest

from firmware.image import choice, names, squeeze
from firmware.image.program import Program
from firmware.image.rom import ATTRIBUTES, NAMES
from flashing import program

from .runner import ensure


def asked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of what is imported by name, and of what imported modules are asked for."""
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield node.module or "", alias.name
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in modules:
                yield modules[name], attr


def given(tree: ast.Module) -> set[str]:
    """Return all that is bound on the first level, whatever else is bound below it."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name)
    return names


@pytest.mark.parametrize("role", ["sensor", "display"])
def test_whatever_a_module_is_asked_for_is_there(role: str):
    trees = {
        name: ast.parse(text) for name, text in program.made_small(role, program.sources()).items()
    }
    bound = {name: given(tree) for name, tree in trees.items()}
    missing = {
        f"{name} asks {module} for {one}"
        for name, tree in trees.items()
        for module, one in asked(tree)
        if module in bound and one not in bound[module] and f"{module}.{one}" not in bound
    }
    assert not missing


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def pairs(before: ast.AST, after: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield what is called how before and after: variables and arguments in two trees of one shape."""
    for node, other in zip(ast.walk(before), ast.walk(after), strict=True):
        match node, other:
            case (ast.Name(), ast.Name()):
                yield node.id, other.id
            case (ast.arg(), ast.arg()):
                yield node.arg, other.arg


def first_level(tree: ast.Module) -> list[str]:
    """Return what a module defines, in order; a lent method lies on its first level, too."""
    found = [node.name for node in choice.definitions(tree.body)]
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            found += choice.stored(statement)
    return found


@pytest.mark.parametrize("role", ["sensor", "display"])
def test_no_two_things_get_one_name_where_both_are_seen(role: str, monkeypatch: pytest.MonkeyPatch):
    seen = []

    def noting(whole: Program) -> dict[str, str]:
        seen.append((whole, names.shorten(whole)))
        return seen[-1][1]

    monkeypatch.setattr(squeeze, "shorten", noting)
    squeeze.squeezed(program.sources(), (f"{role}.main", "run"))
    ((whole, texts),) = seen
    wrong = set()
    for name, module in whole.modules.items():
        trees = (module.tree, ast.parse(texts[name]))
        # What others ask a module for by a new name, and what it needs itself by another.
        defined = Counter(node.name for node in choice.definitions(trees[1].body))
        wrong |= {(name, "", new) for new, count in defined.items() if count > 1}
        first = {*zip(*map(first_level, trees), strict=True)}
        functions = (
            [one for one in ast.walk(tree) if isinstance(one, FUNCTIONS)] for tree in trees
        )
        for before, after in zip(*functions, strict=True):
            there = Counter(new for _, new in first | {*pairs(before, after)})
            wrong |= {(name, before.name, new) for new, count in there.items() if count > 1}
    assert not wrong


def test_names_that_a_board_has_in_flash_cost_it_nothing():
    code = """\
import sys
import micropython

class Thing:
    pass

micropython.qstr_info()
for line in sys.stdin:
    setattr(Thing, line.strip(), None)
micropython.qstr_info()
"""
    done = subprocess.run(
        [ensure().micropython, "-c", code], input="\n".join([*NAMES, *ATTRIBUTES]),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    before, after = [int(one) for one in re.findall(r"n_qstr=(\d+)", done.stdout)]
    assert after - before <= len(["line", "strip"])
    assert not set(NAMES) & set(ATTRIBUTES)
