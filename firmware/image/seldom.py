"""Parts what is always there from what only modules need that are read for the moment.

Such a part becomes a module of its own, `<module>_seldom`, which comes and goes with those that need it.
"""

import ast

from .lent import SUFFIX as LENT
from .needed import defined, needs_of
from .program import Edits, Module, Place, Program

SUFFIX = "_seldom"


def parted(program: Program, entry: Place) -> Program:
    """Return the program with seldom parts in modules of their own."""
    always = needs_of(program, entry, with_whole=False)
    # An object may outlive the function that has made it, and would keep a class of its own.
    for name, module in program.modules.items():
        if name.endswith(LENT):
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Name) and node.id in module.borrowed:
                    place = program.place(module, node.id)
                    if _is_class(program, place):
                        always.name(*place)
    always.settle()
    apart: dict[Place, str] = {}  # what moves, and where to
    for name, module in program.modules.items():
        if name in always.modules and name not in program.whole:
            seldom = [
                node for node in module.tree.body if defined(node) and node not in always.nodes
            ]
            for node in seldom:
                apart |= {(name, one): name + SUFFIX for one in defined(node)}
    texts = {}
    for name, module in program.modules.items():
        texts[name] = _rest(module, program, apart)
        if name + SUFFIX in apart.values():
            texts[name + SUFFIX] = _seldom(module, program, apart)
    return Program(texts, program.whole)


def _is_class(program: Program, place: Place) -> bool:
    return any(
        isinstance(node, ast.ClassDef) and node.name == place[1]
        for node in program.modules[place[0]].tree.body
    )


def _rest(module: Module, program: Program, apart: dict[Place, str]) -> str:
    """Return a module without its seldom part; what it takes from others it takes from where it is."""
    edits = Edits(module.text)
    for node in module.tree.body:
        if any((module.name, one) in apart for one in defined(node)):
            edits.replace(node, "pass")
    return _from_new_places(module, program, apart, edits)


def _seldom(module: Module, program: Program, apart: dict[Place, str]) -> str:
    """Return the seldom part, which takes what it needs of the rest."""
    edits = Edits(module.text)
    wanted = set()
    for node in module.tree.body:
        names = defined(node)
        if any((module.name, one) in apart for one in names):
            wanted |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        elif names or not isinstance(node, ast.Import | ast.ImportFrom):
            edits.replace(node, "pass")
    staying = {
        one
        for node in module.tree.body
        for one in defined(node)
        if (module.name, one) not in apart and one in wanted
    }
    text = _from_new_places(module, program, apart, edits)
    return f"from {module.name} import {', '.join(sorted(staying))}; {text}" if staying else text


def _from_new_places(
    module: Module, program: Program, apart: dict[Place, str], edits: Edits
) -> str:
    head: dict[str, None] = {}
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(value=ast.Name(id=alias), attr=attr) if alias in module.modules:
                place = program.place(program.modules[module.modules[alias]], attr)
                if place in apart:
                    local = f"{alias}_{attr}"
                    edits.replace(node, local)
                    head[f"from {apart[place]} import {attr} as {local}"] = None
    for node in module.imports:
        parts = []
        changed = False
        for alias in node.names:
            local = alias.asname or alias.name
            origin, name = module.origin(node), alias.name
            if local in module.borrowed:  # from where it is, not from where it was handed on
                place = program.place(module, local)
                origin, name = apart.get(place, place[0]), place[1]
                changed = changed or (origin, name) != module.borrowed[local]
            parts.append(f"from {origin} import {name} as {local}")
        if changed:
            edits.replace(node, "; ".join(parts))
    return "; ".join([*head, edits.applied()])
