"""Errors that differ in nothing but their reason become one class: a class costs a board 200 bytes.

Only those that nobody tells apart: they are raised, and caught by way of the base of them all.
"""

import ast

from .needed import running
from .program import Edits, Module, Place, Program

_ROOT = ("protocol.errors", "ProtocolError")
_LOCAL = "_Refusal"  # what the base is called in a module that does not import it


def one_class(program: Program) -> Program:
    """Return the program with `raise ProtocolError("reason")` in the place of many classes."""
    reasons = _plain(program)
    return program.with_texts(
        {name: _raising(module, program, reasons) for name, module in program.modules.items()}
    )


def _plain(program: Program) -> dict[Place, str]:
    """Return the reason of each class that is nothing but a reason, and that nobody tells apart."""
    reasons = {_ROOT: ""}
    found = True
    while found:  # a base comes before what is derived from it
        found = False
        for module in program.modules.values():
            for node in module.tree.body:
                place = (module.name, getattr(node, "name", ""))
                if (
                    place not in reasons
                    and isinstance(node, ast.ClassDef)
                    and _is_plain(module, node, program, reasons)
                ):
                    reasons[place] = _reason(node)
                    found = True
    told_apart = _told_apart(program)
    asked = _asked_of_errors(program)
    for place in reasons.keys() - {_ROOT}:
        for one in _class(program, place).body:
            if (_details(one) or set()) & asked:
                told_apart.add(place)
    del reasons[_ROOT]
    for place in list(reasons):
        if any(base in told_apart for base in _lineage(program, place)):
            del reasons[place]
    return reasons


def _is_plain(
    module: Module, node: ast.ClassDef, program: Program, reasons: dict[Place, str]
) -> bool:
    if (
        module.name in program.whole
        or len(node.bases) != 1
        or not isinstance(node.bases[0], ast.Name)
    ):
        return False
    return program.place(module, node.bases[0].id) in reasons and all(
        isinstance(one, ast.Expr | ast.Pass) or _is_reason(one) or _details(one) is not None
        for one in node.body
    )


def _details(node: ast.stmt) -> set[str] | None:
    """Return what a constructor only keeps of what it is given; None if it does more."""
    if not isinstance(node, ast.FunctionDef) or node.name != "__init__":
        return None
    kept = set()
    for statement in node.body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__"), args=[])):
                continue
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.Name()) if (
                name != "reason"
            ):
                kept.add(name)
            case _:
                return None
    return kept


def _asked_of_errors(program: Program) -> set[str]:
    """Return what handlers ask of what they have caught."""
    found = set()
    for module in program.modules.values():
        nodes = list(ast.walk(module.tree))
        caught = {node.name for node in nodes if isinstance(node, ast.ExceptHandler)} | {"error"}
        for node in nodes:
            match node:
                case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in caught:
                    found.add(attribute)
    return found


def _is_reason(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id="reason")], value=ast.Constant(value=str())):
            return True
    return False


def _reason(node: ast.ClassDef) -> str:
    for one in node.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            return str(one.value.value)
    return ""


def _lineage(program: Program, place: Place) -> list[Place]:
    """Return a class and its bases but the last."""
    found: list[Place] = []
    while place != _ROOT:
        found.append(place)
        module = program.modules[place[0]]
        node = next(
            one for one in module.tree.body
            if isinstance(one, ast.ClassDef) and one.name == place[1]
        )  # fmt: skip
        base = node.bases[0]
        assert isinstance(base, ast.Name)
        place = program.place(module, base.id)
    return found


def _class(program: Program, place: Place) -> ast.ClassDef:
    return next(
        one
        for one in program.modules[place[0]].tree.body
        if isinstance(one, ast.ClassDef) and one.name == place[1]
    )


def _told_apart(program: Program) -> set[Place]:
    """Return what is mentioned other than by raising it or deriving from it."""
    found = set()
    for module in program.modules.values():
        harmless = set()
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Raise):
                harmless.add(_raised(node))
            elif isinstance(node, ast.ClassDef):
                harmless |= set(node.bases)
        for node in running(module.tree):
            if node in harmless:
                continue
            if isinstance(node, ast.Name):
                found.add(program.place(module, node.id))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.add((module.modules.get(node.value.id, ""), node.attr))
    return found


def _raised(node: ast.Raise) -> ast.expr | None:
    """Return the class of what is raised, whether it is made here or by `raise`."""
    match node.exc:
        case ast.Call(func=function):
            return function
    return node.exc


def _raising(module: Module, program: Program, reasons: dict[Place, str]) -> str:
    edits = Edits(module.text)
    local = "ProtocolError" if program.place(module, "ProtocolError") == _ROOT else _LOCAL
    needs_import = False
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Raise) or node.exc is None:
            continue
        match _raised(node):
            case ast.Name(id=name):
                place = program.place(module, name)
            case ast.Attribute(value=ast.Name(id=alias), attr=name):
                place = (module.modules.get(alias, ""), name)
            case _:
                continue
        if place in reasons:
            edits.replace(node.exc, f'{local}("{reasons[place]}")')
            needs_import = local == _LOCAL
    head = f"from {_ROOT[0]} import {_ROOT[1]} as {_LOCAL}; " if needs_import else ""
    return head + edits.applied()
