"""Which names of a module mean something of its first level, and not something of a function's own."""

import ast
from collections.abc import Collection, Iterator
from typing import Any

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, ast.ClassDef, *_COMPREHENSIONS)


def bound(nodes: list[Any], but_not: Collection[ast.AST] = ()) -> set[str]:
    """Return the names that these statements bind in their own scope."""
    found: set[str] = set()
    foreign: set[str] = set()
    for node in _own(nodes):
        if node in but_not:
            continue
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(alias.asname or alias.name).split(".")[0] for alias in names}
            case ast.Global(names=names):
                foreign |= set(names)
    return found - foreign


def first_level(tree: ast.Module, but_not: Collection[ast.AST]) -> Iterator[ast.Name]:
    """Yield every mention of a name of the first level; the imports `but_not` bind nothing anywhere."""
    yield from _Scopes(but_not).visit(tree.body, [])


def _own(nodes: list[Any]) -> Iterator[ast.AST]:
    """Walk without entering functions and classes inside."""
    for node in nodes:
        yield node
        if not isinstance(node, _SCOPES):
            yield from _own(list(ast.iter_child_nodes(node)))


class _Scopes:
    def __init__(self, but_not: Collection[ast.AST]) -> None:
        self._but_not = but_not

    def visit(self, nodes: list[Any], hidden: list[set[str]]) -> Iterator[ast.Name]:
        for node in nodes:
            if isinstance(node, ast.Name):
                if not any(node.id in names for names in hidden):
                    yield node
            elif isinstance(node, _FUNCTIONS):
                yield from self._function(node, hidden)
            elif isinstance(node, ast.ClassDef):
                yield from self._class(node, hidden)
            elif isinstance(node, _COMPREHENSIONS):
                targets = bound([one.target for one in node.generators])
                yield from self.visit(_children(node), [*hidden, targets])
            else:
                yield from self.visit(_children(node), hidden)

    def _class(self, node: ast.ClassDef, hidden: list[set[str]]) -> Iterator[ast.Name]:
        yield from self.visit([*node.bases, *node.decorator_list], hidden)
        own = bound(node.body, self._but_not)
        for statement in node.body:
            # what a class binds is not seen by its methods
            inside = hidden if isinstance(statement, _FUNCTIONS) else [*hidden, own]
            yield from self.visit([statement], inside)

    def _function(self, node: Any, hidden: list[set[str]]) -> Iterator[ast.Name]:
        arguments = node.args
        outside = [*arguments.defaults, *[one for one in arguments.kw_defaults if one]]
        yield from self.visit([*outside, *getattr(node, "decorator_list", [])], hidden)
        own = {one.arg for one in ast.walk(arguments) if isinstance(one, ast.arg)}
        body = node.body if isinstance(node.body, list) else [node.body]
        yield from self.visit(body, [*hidden, own | bound(body, self._but_not)])


def _children(node: ast.AST) -> list[ast.AST]:
    """Return what runs: annotations do not on a board."""
    return [
        child for name, value in ast.iter_fields(node) if name not in ("annotation", "returns")
        for child in (value if isinstance(value, list) else [value])
        if isinstance(child, ast.AST)
    ]  # fmt: skip
