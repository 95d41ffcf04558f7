"""Short names for what nobody outside sees: parameters, and everything that begins with one underscore.

The same few short names serve everywhere: the parameters of each function, the private attributes of
each class, what is private in each module. A name stays as it is where its owner is not certain.
"""

import ast
import builtins
import keyword
from collections.abc import Iterable, Iterator
from string import ascii_lowercase

from .program import Edits, Module, Program

type _Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def shorten(program: Program) -> dict[str, str]:
    """Return the modules with short names."""
    trees = [node for module in program.modules.values() for node in ast.walk(module.tree)]
    imported = {
        alias.name for node in trees if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    asked = _asked_of_others(trees) | imported
    return {
        name: _Shortener(module, imported, asked, name in program.origins).text()
        for name, module in program.modules.items()
    }


def _asked_of_others(trees: list[ast.AST]) -> set[str]:
    """Return the names that must stay: keywords of calls, and what is asked of anything but `self`."""
    fixed = set()
    for node in trees:
        match node:
            case ast.keyword(arg=str(name)):
                fixed.add(name)
            case ast.Attribute(value=value, attr=name) if not _is_self(value):
                fixed.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                fixed |= set(names)
    return fixed


class _Shortener:
    """One module's new names."""

    def __init__(self, module: Module, imported: set[str], fixed: set[str], closed: bool) -> None:
        self._edits = Edits(module.text)
        self._imported = imported
        self._fixed = fixed
        self._closed = closed  # nobody but its importers knows what is in it, `run` apart
        self._module = module
        self._taken = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
        self._taken |= set(keyword.kwlist) | set(dir(builtins))

    def text(self) -> str:
        """Return the module's text."""
        tree = self._module.tree
        self._of_module(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                self._of_class(node)
            if isinstance(node, _FUNCTIONS):
                self._of_function(node)
        return self._edits.applied()

    def _of_module(self, tree: ast.Module) -> None:
        """Rename functions and variables of the first level; classes too when they are private."""
        classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        own = {node.name for node in _definitions(tree.body)}
        for statement in tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Try | ast.If):
                own |= set(_stored(statement))
        seen = {name for name in own if not _is_private(name)}
        declared = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Global | ast.Nonlocal)
            for name in node.names
        }
        own -= self._imported | declared | {"run"} | (seen & classes if self._closed else seen)
        free = (f"_{one}" for one in _letters() if f"_{one}" not in self._taken)
        new = {name: next(free) for name in sorted(own) if len(name) > 2 and name[:2] != "__"}
        # a name that is also somebody's local or parameter would be another thing there
        for node in ast.walk(tree):
            if isinstance(node, ast.arg):
                new.pop(node.arg, None)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in new:
                self._edits.replace(node, new[node.id])
        for node in _definitions(tree.body):
            if node.name in new:
                self._edits.rename_definition(node, new[node.name])

    def _of_class(self, node: ast.ClassDef) -> None:
        """Rename what only `self` is asked for."""
        own = [one.name for one in _definitions(node.body)]
        inner = list(ast.walk(node))
        own += [
            one.attr for one in inner
            if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store) and _is_self(one.value)
        ]  # fmt: skip
        if any(not isinstance(base, ast.Name) or "Error" not in base.id for base in node.bases):
            return  # it shares its names with a class that we do not see here
        new = self._short(own, set(own))
        for one in inner:
            if isinstance(one, ast.Attribute) and _is_self(one.value) and one.attr in new:
                end = (one.value.end_lineno, one.value.end_col_offset)
                self._edits.rename(*end, one.attr, new[one.attr])  # type: ignore[arg-type]
        for method in _definitions(node.body):
            if method.name in new:
                self._edits.rename_definition(method, new[method.name])

    def _of_function(self, node: _Function) -> None:
        """Rename the parameters but `self`."""
        everything = node.args
        arguments = [*everything.posonlyargs, *everything.args, *everything.kwonlyargs]
        arguments += [one for one in (everything.vararg, everything.kwarg) if one]
        inner = list(ast.walk(node))
        hidden = {one.arg for one in inner if isinstance(one, ast.arg)}
        taken = self._taken | hidden
        for argument in arguments:
            name = argument.arg
            twice = sum(isinstance(one, ast.arg) and one.arg == name for one in inner) > 1
            if name == "self" or name in self._fixed or twice or len(name) == 1:
                continue
            new = next(one for one in _letters() if one not in taken)
            taken.add(new)
            self._edits.rename(argument.lineno, argument.col_offset, name, new)
            for one in inner:
                if isinstance(one, ast.Name) and one.id == name:
                    self._edits.replace(one, new)

    def _short(self, names: Iterable[str], taken: set[str]) -> dict[str, str]:
        """Return a short name for each private one."""
        private = sorted({one for one in names if _is_private(one)} - self._fixed)
        free = (f"_{one}" for one in _letters() if f"_{one}" not in taken)
        return dict(zip(private, free, strict=False))


def _definitions(
    body: list[ast.stmt],
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in body:
        if isinstance(node, _DEFINITIONS):
            yield node
        elif isinstance(node, ast.Try | ast.If):
            yield from _definitions(node.body)
            yield from _definitions(node.orelse)
            if isinstance(node, ast.Try):
                for handler in node.handlers:
                    yield from _definitions(handler.body)


def _stored(statement: ast.stmt) -> list[str]:
    return [
        node.id for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]  # fmt: skip


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and len(name) > 2


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _letters() -> Iterator[str]:
    yield from ascii_lowercase
    for first in ascii_lowercase:
        for second in ascii_lowercase:
            yield first + second
