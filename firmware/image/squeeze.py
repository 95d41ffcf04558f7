"""The same program with numbers in the place of their names, and short names where nobody sees them."""

import ast
from collections.abc import Iterable

from .constants import Constants
from .family import joined
from .lent import lent
from .merge import merged
from .names import shorten
from .needed import only_needed
from .once import MODULE, done_once, forgetting
from .program import Edits, Module, Place, Program
from .reasons import one_class
from .seldom import parted
from .transient import transient

_OF_BOARDS = ("cryptolib",)  # modules that every board has


def squeezed(texts: dict[str, str], entry: Place) -> Program:
    """Return the modules that the entry needs, smaller, and the same in what they do."""
    texts = {name: _on_boards(text) for name, text in texts.items()}
    program = only_needed(lent(Program(texts)), entry)
    program = only_needed(one_class(program), entry)
    program = parted(program, entry)
    constants = Constants(program)
    small = {name: _inlined(module, constants, texts) for name, module in program.modules.items()}
    program = merged(program.with_texts(small), entry[0])
    found = done_once(program)  # while everything has a name of its own
    program, found = joined(program.with_texts(shorten(program)), found)
    if found:
        program = program.with_texts(program.texts | {MODULE: forgetting(program, found)})
    return transient(program)


def _on_boards(text: str) -> str:
    """Return a module without what it does where there are none of the boards' own modules."""
    edits = Edits(text)
    for node in ast.parse(text).body:
        match node:
            case ast.Try(
                body=[ast.ImportFrom(module=module), *_],
                handlers=[ast.ExceptHandler(type=ast.Name(id="ImportError"), body=body)],
            ) if module in _OF_BOARDS:
                for statement in body:
                    edits.replace(statement, "raise")
    return edits.applied()


def _inlined(module: Module, constants: Constants, known: Iterable[str]) -> str:
    """Return a module without the names of its numbers."""
    edits = Edits(module.text)
    gone = constants.definitions[module.name]
    for statement in gone:
        edits.replace(statement, "pass")
    used: set[str] = set()
    skipped = {id(node) for statement in gone for node in ast.walk(statement)}
    _walk(module, constants, edits, used, skipped)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import) and not any(_bound(alias) in used for alias in node.names):
            edits.replace(node, "pass")
    for node in module.imports:
        _import_less(module, node, known, edits, used)
    return edits.applied()


def _walk(
    module: Module, constants: Constants, edits: Edits, used: set[str], skipped: set[int]
) -> None:
    """Put numbers in the place of names; note which names are used all the same."""
    inner: set[int] = set()
    for node in ast.walk(module.tree):
        if id(node) in skipped or id(node) in inner:
            continue
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            number = constants.of(module, node)
            if number is not None:
                edits.replace(node, f"({number})")
                inner |= {id(one) for one in ast.walk(node)}
                continue
        if isinstance(node, ast.Name):
            used.add(node.id)


def _bound(alias: ast.alias) -> str:
    """Return the name that an import gives."""
    return alias.asname or alias.name.split(".")[0]


def _import_less(
    module: Module, node: ast.ImportFrom, known: Iterable[str], edits: Edits, used: set[str]
) -> None:
    """Import what is still used; `const` itself is known to the compiler without an import."""
    left = [
        alias for alias in node.names
        if _bound(alias) in used
        and not (node.module == "micropython" and alias.name == "const")
    ]  # fmt: skip
    package = module.origin(node).partition(".")[0]
    own = any(name.partition(".")[0] == package for name in known)
    is_const = node.module == "micropython"
    if len(left) == len(node.names) or not (own or is_const):
        return
    if not left:
        edits.replace(node, "pass")
        return
    names = ", ".join(f"{one.name} as {one.asname}" if one.asname else one.name for one in left)
    edits.replace(node, f"from {'.' * node.level}{node.module or ''} import {names}")
