"""Which names may be others in a program, and which they can be.

The same few serve for the parameters of each function and for the private attributes of each class. What our objects
are asked for gets one name each, the same everywhere, if nothing of MicroPython's is called so. A name stays as it is
where its owner is not certain.
"""

import ast
import builtins
import keyword
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from string import ascii_lowercase

from . import foreign
from .lent import owner_of
from .program import Place, Program
from .rom import ATTRIBUTES, NAMES

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
BUILTIN = set(keyword.kwlist) | set(dir(builtins))

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PARAMETERS = 12  # names set apart for them


@dataclass
class Choice:
    """The names to choose from, and what must stay."""

    imported: set[str]
    fixed: set[str]
    privates: dict[
        str, dict[str, str]
    ]  # by class: old and new names of what only `self` is asked for
    public: dict[str, str]  # old and new names of attributes that others ask for
    shared: dict[Place, str]  # new names of what modules import from each other
    asked: set[str]  # what is asked of anything: it may be of a module that is read for the moment
    errors: set[str]  # classes whose names people see
    variables: list[str]

    @property
    def parameters(self) -> Iterator[str]:
        """Yield names for parameters."""
        return chain(self.variables[:_PARAMETERS], _letters())

    @property
    def first_level(self) -> Iterator[str]:
        """Yield names for functions and variables of a module."""
        return chain(self.variables[_PARAMETERS:], (f"_{one}" for one in _letters()))


def chosen(program: Program) -> Choice:
    """Return what is called how from now on."""
    trees = [node for module in program.modules.values() for node in ast.walk(module.tree)]
    imported = {
        alias.name for node in trees if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    used = _used(trees)
    # a name is written in each module that mentions it: the shortest for those in most of them
    spare = sorted((name for name in (*NAMES, *ATTRIBUTES) if name not in used), key=len)
    variables = [name for name in spare if name in NAMES and name not in BUILTIN]
    fixed = _asked_of_others(trees) | imported
    often = Counter(name for module in program.modules.values() for name in _asked(module.tree))
    public = (_public(trees, program) | _lent(program)) - foreign.NAMES
    names = sorted(public, key=lambda name: (-often[name], name))
    shared = _shared(program)
    return Choice(
        imported,
        fixed,
        _private_names(trees, fixed, spare[len(names) :]),
        dict(zip(names, spare, strict=False)),
        dict(zip(shared, variables[_PARAMETERS:], strict=False)),
        {name for module in program.modules.values() for name in _asked(module.tree)},
        _errors(trees),
        variables[:_PARAMETERS] + variables[_PARAMETERS + len(shared) :],
    )


def _shared(program: Program) -> list[Place]:
    """Return what modules import from each other by name, where it is defined, the most wanted first.

    What is asked of anything by that name stays: the anything may be the module itself.
    """
    found: Counter[Place] = Counter()
    asked = {name for module in program.modules.values() for name in _asked(module.tree)}
    for module in program.modules.values():
        for origin, name in module.borrowed.values():
            home = program.modules[origin]
            kept = asked | parameters_of(home.tree)
            if name in home.own and name not in kept | {"run"} and name[:2] != "__":
                found[origin, name] += 1
    return sorted(found, key=lambda place: (-found[place], place))


def _asked(tree: ast.AST) -> set[str]:
    """Return what anything is asked for in a module."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def parameters_of(tree: ast.AST) -> set[str]:
    """Return the names of the parameters of all functions in a tree."""
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _errors(trees: list[ast.AST]) -> set[str]:
    """Return the names of classes that may be told when something goes wrong."""
    found = {"Exception", "BaseException"}
    before = 0
    while before != len(found):
        before = len(found)
        for node in trees:
            if isinstance(node, ast.ClassDef) and any(
                isinstance(base, ast.Name) and (base.id in found or base.id.endswith("Error"))
                for base in node.bases
            ):
                found.add(node.name)
    return found


def _used(trees: list[ast.AST]) -> set[str]:
    """Return all names in the program, whatever they mean."""
    found: set[str] = set()
    for node in trees:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.add(name)
            case ast.keyword(arg=str(name)) | ast.alias(name=name):
                found.add(name)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.Constant(value=str(text)):
                found.add(text)
    return found


def _privates(node: ast.ClassDef) -> set[str]:
    """Return what a class has of its own that begins with one underscore."""
    return {name for name in _of_class(node) if is_private(name)}


def _private_names(
    trees: list[ast.AST], fixed: set[str], spare: list[str]
) -> dict[str, dict[str, str]]:
    """Return new names of each class's private attributes, the same few for all, and of its private methods.

    Of those each has one of its own, so that classes can be joined (family).
    """
    methods: dict[str, set[str]] = {}
    for node in trees:
        if isinstance(node, ast.ClassDef) and _is_alone(node):
            own = {one.name for one in definitions(node.body) if is_private(one.name)}
            methods.setdefault(node.name, set()).update(own - fixed)
    free = iter(spare)
    new = {owner: dict(zip(sorted(names), free, strict=False)) for owner, names in methods.items()}
    for owner, names in _all_privates(trees).items():
        own = new.setdefault(owner, {})
        others = [name for name in spare if name not in own.values()]
        own |= dict(zip(sorted(names - fixed - own.keys()), others, strict=False))
    return new


def _all_privates(trees: list[ast.AST]) -> dict[str, set[str]]:
    """Return the private names of each class, wherever its methods are."""
    found: dict[str, set[str]] = {}
    for node in trees:
        if isinstance(node, ast.ClassDef):
            found.setdefault(node.name, set()).update(_privates(node))
    for node in trees:
        if isinstance(node, FUNCTIONS) and not isinstance(node, ast.Lambda) and owner_of(node):
            found.setdefault(owner_of(node), set()).update(
                one.attr
                for one in ast.walk(node)
                if isinstance(one, ast.Attribute) and is_self(one.value) and is_private(one.attr)
            )
    for node in trees:
        if isinstance(node, ast.ClassDef) and not _is_alone(node):
            found[node.name].clear()
    return found


def _is_alone(node: ast.ClassDef) -> bool:
    """Tell whether a class shares its names with none that we do not see here."""
    return all(isinstance(base, ast.Name) and "Error" in base.id for base in node.bases)


def _of_class(node: ast.ClassDef) -> set[str]:
    """Return the methods and attributes that a class gives its objects."""
    found = {one.name for one in definitions(node.body)}
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store) and is_self(one.value):
            found.add(one.attr)
    return found


def _public(trees: list[ast.AST], program: Program) -> set[str]:
    """Return the names that our objects alone are asked for: no variable or keyword is called so."""
    found: set[str] = set()
    other: set[str] = set()
    for node in trees:
        if isinstance(node, ast.ClassDef):
            found |= _of_class(node)
            for statement in node.body:
                other |= set(stored(statement)) if isinstance(statement, ast.Assign) else set()
            if any(isinstance(base, ast.Attribute) for base in node.bases):
                other |= _of_class(node)
        elif isinstance(node, ast.keyword):
            other.add(node.arg or "")
        for decorator in getattr(node, "decorator_list", []):  # such as `@name.setter`
            other |= {one.id for one in ast.walk(decorator) if isinstance(one, ast.Name)}
    for module in program.modules.values():
        other |= module.own.keys() | {node.name for node in definitions(module.tree.body)}
        other |= set(module.name.split("."))
    return {
        name
        for name in found - other
        if not name.startswith("_") and len(name) > 1 and name == name.lower()
    }


def _lent(program: Program) -> set[str]:
    """Return what modules that are read for the moment are asked for, when nothing else is called so."""
    asked: set[str] = set()
    lent: set[str] = set()
    other: set[str] = set()
    for name, module in program.modules.items():
        names = set(module.own)
        if name in program.whole and name not in program.origins:
            lent |= names
            other |= parameters_of(module.tree)
        else:
            other |= names
        other |= {place[1] for place in module.borrowed.values()} | set(name.split("."))
        other |= {node.arg or "" for node in ast.walk(module.tree) if isinstance(node, ast.keyword)}
        other |= set(module.modules)
        asked |= _asked(module.tree)
    return {name for name in lent & asked - other if name[:2] != "__" and len(name) > 1}


def _asked_of_others(trees: list[ast.AST]) -> set[str]:
    """Return the names that must stay: keywords of calls, and what is asked of anything but `self`."""
    fixed = set()
    for node in trees:
        match node:
            case ast.keyword(arg=str(name)):
                fixed.add(name)
            case ast.Attribute(value=value, attr=name) if not is_self(value):
                fixed.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                fixed |= set(names)
    return fixed


def definitions(
    body: list[ast.stmt],
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the functions and classes that these statements define, whatever they hang on."""
    for node in body:
        if isinstance(node, _DEFINITIONS):
            yield node
        elif isinstance(node, ast.Try | ast.If):
            yield from definitions(node.body)
            yield from definitions(node.orelse)
            if isinstance(node, ast.Try):
                for handler in node.handlers:
                    yield from definitions(handler.body)


def stored(statement: ast.AST) -> list[str]:
    """Return the names that a statement stores to, but not those of functions in it."""
    if isinstance(statement, (*_DEFINITIONS, ast.Lambda)):
        return []
    found = [name for node in ast.iter_child_nodes(statement) for name in stored(node)]
    match statement:
        case ast.Name(id=name, ctx=ast.Store()):
            found.append(name)
    return found


def is_private(name: str) -> bool:
    """Tell whether nobody but its owner should ask for it."""
    return name.startswith("_") and not name.startswith("__") and len(name) > 2


def is_self(node: ast.expr) -> bool:
    """Tell whether this is the object whose method it stands in."""
    return isinstance(node, ast.Name) and node.id == "self"


def _letters() -> Iterator[str]:
    yield from ascii_lowercase
    for first in ascii_lowercase:
        for second in ascii_lowercase:
            yield first + second
