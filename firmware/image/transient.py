"""What modules that come and go leave behind for ever: names. The interpreter keeps every name it has ever read.

So a text of up to ten letters, which it would take for a name, becomes the item of a tuple, which it does not; and
such modules themselves get names that it has in flash, in no package. `program.origins` tells what they were.
"""

import ast
import sys

from .program import Edits, Module, Program
from .rom import NAMES
from .seldom import SUFFIX

_MOST_LETTERS = 10  # MICROPY_ALLOC_PARSE_INTERN_STRING_LEN
# never that of a module that a board or a host may have itself
_FREE = [name for name in NAMES if name.islower() and name not in sys.stdlib_module_names]


def transient(program: Program) -> Program:
    """Return the program whose seldom modules leave as little behind as can be."""
    return _with_short_names(_without_new_names(_asked_for(program)))


def comes_and_goes(program: Program, name: str) -> bool:
    """Tell whether a module is read for the moment, or with one that is: all that is always there was merged."""
    return name not in program.origins and "." in name and bool(program.modules[name].text)


def _asked_for(program: Program) -> Program:
    """Leave out what comes and goes no more: modules of which all that others import has its place elsewhere."""
    asked = {name for module in program.modules.values() for name in _imported(module)}
    return program.with_texts(
        {
            name: text
            for name, text in program.texts.items()
            if name in asked or not comes_and_goes(program, name)
        }
    )


def _imported(module: Module) -> set[str]:
    """Return the modules that one imports, or may ask for by their names."""
    found = {module.origin(node) for node in module.imports}
    for node in module.imports:
        found |= {f"{module.origin(node)}.{alias.name}" for alias in node.names}
    return found | {
        node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _without_new_names(program: Program) -> Program:
    known = set(NAMES)
    for name, module in program.modules.items():
        if not comes_and_goes(program, name):
            known |= _names(module.tree)
    return program.with_texts(
        {
            name: _as_items(module, program, known)
            if comes_and_goes(program, name)
            else module.text
            for name, module in program.modules.items()
        }
    )


def _names(tree: ast.AST) -> set[str]:
    """Return what the interpreter keeps of a module that is always there."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                found.add(name)
    return found


def _as_items(module: Module, program: Program, known: set[str]) -> str:
    edits = Edits(module.text)
    passed: set[ast.AST] = set()
    for node in ast.walk(module.tree):
        match node:
            case ast.JoinedStr():  # its texts are one
                passed |= set(ast.walk(node))
            case ast.Expr(value=ast.Constant()):  # says what the module is for
                passed.add(node.value)
            case ast.Tuple(elts=items) if all(isinstance(one, ast.Constant) for one in items):
                passed |= set(items)  # is a constant already
            case ast.Constant(value=str(text)) if node not in passed and (
                len(text) <= _MOST_LETTERS
                and len(text) > 1
                and text not in known
                and text not in program.modules
            ):
                edits.replace(node, f"({text!r},)[0]")
    return edits.applied()


def _with_short_names(program: Program) -> Program:
    old = sorted(name for name in program.modules if comes_and_goes(program, name))
    free = [name for name in sorted(_FREE, key=len) if name not in program.modules]
    new = dict(zip(old, free, strict=False))
    texts = {}
    origins = dict(program.origins)
    for name, module in program.modules.items():
        edits = Edits(module.text)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and node.value in new:
                edits.replace(node, repr(new[str(node.value)]))
        for statement in module.imports:
            _import(module, statement, edits, new)
        texts[new.get(name, name)] = edits.applied()
        if name in new:
            source = name.removesuffix(SUFFIX)
            origins[new[name]] = [
                (source, number) for number, _ in enumerate(module.text.splitlines(), 1)
            ]
    # A package, too: to MicroPython any folder is one.
    texts = {name: text for name, text in texts.items() if text}
    return Program(texts, frozenset(new.get(name, name) for name in program.whole), origins)


def _import(module: Module, node: ast.ImportFrom, edits: Edits, new: dict[str, str]) -> None:
    """Import from where it is now called."""
    origin = module.origin(node)
    parts = []
    for alias in node.names:
        local = f" as {alias.asname or alias.name}"
        if f"{origin}.{alias.name}" in new:
            parts.append(f"import {new[f'{origin}.{alias.name}']}{local}")
        else:
            parts.append(f"from {new.get(origin, origin)} import {alias.name}{local}")
    if any(name in new for name in [origin, *module.targets(node)]):
        edits.replace(node, "; ".join(parts))
