"""Leaves out what a role never asks for: functions, classes, methods, module variables, whole modules.

A thing is needed when something needed names it. A method is needed when its class is, and when
needed code names it on whatever object. So are the names of a module whose full name stands in a text: `node.borrowed`
reads such modules when they are needed, and what is asked for then may be theirs.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from .program import Edits, Module, Place, Program

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)


def only_needed(program: Program, entry: Place) -> Program:
    """Return the modules that the entry needs, without what it does not."""
    needs = needs_of(program, entry)
    return Program(
        {
            name: _without(module, needs)
            for name, module in program.modules.items()
            if name in needs.modules
        },
        frozenset(needs.whole),
    )


def needs_of(program: Program, entry: Place, with_whole: bool = True) -> Needs:
    """Return what the entry needs; without the modules asked for by their names, what it always needs."""
    needs = Needs(program, with_whole)
    needs.name(*entry)
    needs.settle()
    return needs


@dataclass
class Needs:
    """What is needed as far as is known; grows until it is all."""

    program: Program
    with_whole: bool
    modules: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)  # modules that are asked for by their names
    nodes: set[ast.AST] = field(default_factory=set)  # definitions that stay
    attributes: set[str] = field(default_factory=set)  # names that needed code asks objects for
    _asked: set[Place] = field(default_factory=set)
    _statements: dict[str, dict[str, list[ast.stmt]]] = field(default_factory=dict)
    _classes: list[tuple[Module, ast.ClassDef]] = field(default_factory=list)

    def name(self, module_name: str, name: str) -> None:
        """Need a name of a module."""
        if (module_name, name) in self._asked:
            return
        self._asked.add((module_name, name))
        self.module(module_name)
        module = self.program.modules[module_name]
        if name in module.borrowed:
            self.name(*module.borrowed[name])
        elif name in module.modules:
            self.module(module.modules[name])
        for node in self._defining(module).get(name, ()):
            self._definition(module, node)

    def _defining(self, module: Module) -> dict[str, list[ast.stmt]]:
        """Return the statements of a module's first level by the names they define."""
        found = self._statements.get(module.name)
        if found is None:
            found = self._statements[module.name] = {}
            for node in module.tree.body:
                for name in defined(node):
                    found.setdefault(name, []).append(node)
        return found

    def module(self, name: str) -> None:
        """Need a module: what stands there for itself, such as statements that do something."""
        if name in self.modules:
            return
        self.modules.add(name)
        package = name.rpartition(".")[0]
        if package:
            self.module(package)
        module = self.program.modules[name]
        for node in module.tree.body:
            if (
                not defined(node)
                and not isinstance(node, ast.ImportFrom)
                and not _is_for_types(node)
            ):
                self._code(module, node)

    def by_name(self, name: str) -> None:
        """Need a module that is asked for by its name: of what it has, what anything is asked for (settle)."""
        if name in self.whole:
            return
        self.whole.add(name)
        self.module(name)

    def settle(self) -> None:
        """Need the methods that anybody asks for, what such modules are asked for, and all that follows."""
        before = -1
        while before != len(self.nodes):
            before = len(self.nodes)
            for module in [self.program.modules[name] for name in self.whole]:
                for node in module.tree.body:
                    if self.attributes.intersection(defined(node)):
                        self._definition(module, node)
            for module, node in list(self._classes):
                for method in node.body:
                    if isinstance(method, _FUNCTIONS) and self._is_asked(method, node):
                        self._definition(module, method)

    def _is_asked(
        self, method: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef
    ) -> bool:
        if not self.with_whole:  # whoever asks: a class is not parted
            return True
        name = method.name
        has_foreign_base = any(isinstance(base, ast.Attribute) for base in owner.bases)
        return name in self.attributes or name.startswith("__") or has_foreign_base

    def _definition(self, module: Module, node: ast.AST) -> None:
        if node in self.nodes:
            return
        self.nodes.add(node)
        if not isinstance(node, ast.ClassDef):
            self._code(module, node)
            return
        self._classes.append((module, node))
        for part in [*node.bases, *node.decorator_list, *node.body]:
            if not isinstance(part, _FUNCTIONS):
                self._code(module, part)

    def _code(self, module: Module, node: ast.AST) -> None:
        """Need all that a piece of code names."""
        for one in (node, *running(node)):
            if isinstance(one, ast.Constant) and one.value in self.program.modules:
                if self.with_whole:
                    self.by_name(str(one.value))
            elif isinstance(one, ast.Name):
                self.name(module.name, one.id)
            elif isinstance(one, ast.Attribute):
                self.attributes.add(one.attr)
                if isinstance(one.value, ast.Name) and one.value.id in module.modules:
                    self.name(module.modules[one.value.id], one.attr)


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what runs: annotations do not on a board."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_comment"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST):
                yield one
                yield from running(one)


def defined(node: ast.stmt) -> list[str]:
    """Return the names that a statement of the first level defines, if it does nothing else."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign(targets=targets):
            found = [one for target in targets for one in ast.walk(target)]
            if all(isinstance(one, ast.Name | ast.Tuple | ast.expr_context) for one in found):
                return [one.id for one in found if isinstance(one, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _is_for_types(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def _without(module: Module, needs: Needs) -> str:
    edits = Edits(module.text)
    for node in module.tree.body:
        if (defined(node) and node not in needs.nodes) or _is_for_types(node):
            edits.replace(node, "pass")
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, _FUNCTIONS) and method not in needs.nodes:
                    edits.replace(method, "pass")
    return edits.applied()
