"""Which classes can be one: those whose objects nobody tells apart.

A class can be joined with others when it has no base and nothing but methods, and is mentioned only to make objects of
it. Classes share one if no method of theirs is called like another's, and no property of the one like an attribute of
the other: then each object finds what it had.
"""

import ast
from dataclasses import dataclass, field

from .needed import running
from .program import Module, Place, Program

type Function = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

_FEWEST = 2  # classes that are worth joining


@dataclass
class _Lent:
    """Where a lent method lies."""

    lend: str  # the lending function's name
    module: str
    function: str


@dataclass
class Member:
    """A class that can be joined with others."""

    node: ast.ClassDef
    methods: list[Function] = field(default_factory=list)
    init: Function | None = None
    lent: dict[str, _Lent] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # of methods and properties
    properties: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)  # attributes of its objects

    def goes_with(self, other: Member) -> bool:
        """Tell whether both can be one class."""
        return not (
            self.names & other.names
            or self.properties & other.stored
            or other.properties & self.stored
        )


def families_of(program: Program, chunk: str) -> list[list[Member]]:
    """Return the classes of a module that become one, each with its likes."""
    families: list[list[Member]] = []
    members = members_of(program, program.modules[chunk])
    for member in sorted(members, key=lambda one: -len(one.methods)):
        for family in families:
            if all(member.goes_with(other) for other in family):
                family.append(member)
                break
        else:
            families.append([member])
    return [family for family in families if len(family) >= _FEWEST]


def members_of(program: Program, module: Module) -> list[Member]:
    """Return the classes of a module whose objects nobody tells apart."""
    told = _told_apart(program, module)
    orphans = _orphans(program)
    found = []
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and node.name not in told and _is_plain(node):
            found.append(_member(program, module, node, orphans))
    return found


def _is_plain(node: ast.ClassDef) -> bool:
    """Tell whether a class has methods only, and none that Python itself would call but `__init__`."""
    if node.bases or node.keywords or node.decorator_list:
        return False
    for one in node.body:
        if isinstance(one, ast.Pass) or _is_text(one):
            continue
        if not isinstance(one, FUNCTIONS) or not one.args.args or one.args.args[0].arg != "self":
            return False
        if one.name[:2] == "__" and one.name != "__init__":
            return False
        if not all(_is_property(mark) for mark in one.decorator_list):
            return False
    return not any(
        isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Del) for one in ast.walk(node)
    )


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_property(mark: ast.expr) -> bool:
    match mark:
        case ast.Name(id="property") | ast.Attribute(attr="setter"):
            return True
    return False


def _told_apart(program: Program, home: Module) -> set[str]:
    """Return the names of the first level that are mentioned other than by calling them in a function."""
    found = set()
    for module in program.modules.values():
        called = set()
        for node in ast.walk(module.tree):
            if isinstance(node, (*FUNCTIONS, ast.Lambda)):
                called |= {one.func for one in ast.walk(node) if isinstance(one, ast.Call)}
        for node in running(module.tree):
            match node:
                case ast.Name(id=name, ctx=ctx) if node not in called or not isinstance(
                    ctx, ast.Load
                ):
                    found |= {name} if module is home else _imported(module, home, name)
                case ast.arg(arg=name):
                    found |= {name} if module is home else _imported(module, home, name)
                case ast.Attribute(value=ast.Name(id=alias), attr=name) if (
                    module.modules.get(alias) == home.name
                ):
                    found.add(name)
    return found


def _imported(module: Module, home: Module, name: str) -> set[str]:
    place: Place = module.borrowed.get(name, ("", ""))
    return {place[1]} if place[0] == home.name else set()


def _orphans(program: Program) -> set[str]:
    """Return the attributes that somebody else gives an object, and no class its own."""
    own, others = set(), set()
    for module in program.modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                is_self = isinstance(node.value, ast.Name) and node.value.id == "self"
                (own if is_self else others).add(node.attr)
    return others - own


def _member(program: Program, module: Module, node: ast.ClassDef, orphans: set[str]) -> Member:
    member = Member(node, stored=set(orphans))
    parts: list[ast.AST] = [node]
    for one in node.body:
        if not isinstance(one, FUNCTIONS):
            continue
        lent = _lent(one)
        if lent:
            parts.append(_function(program.modules[lent.module], lent.function))
        if one.name == "__init__":
            member.init = one
            continue
        member.methods.append(one)
        member.names.add(one.name)
        if one.decorator_list:
            member.properties.add(one.name)
        elif lent:
            member.lent[one.name] = lent
    for part in parts:
        member.stored |= {
            one.attr
            for one in ast.walk(part)
            if isinstance(one, ast.Attribute)
            and isinstance(one.ctx, ast.Store)
            and isinstance(one.value, ast.Name)
            and one.value.id == "self"
        }
    return member


def _lent(node: Function) -> _Lent | None:
    """Return where a method lies that is nothing but a line that lends it."""
    match node.body:
        case [
            ast.Return(
                value=ast.Call(
                    func=ast.Attribute(
                        value=ast.Call(
                            func=ast.Name(id=lend), args=[ast.Constant(value=str(module))]
                        ),
                        attr=function,
                    ),
                    args=[ast.Name(id="self"), *_],
                )
            )
        ]:
            return _Lent(lend, module, function)
    return None


def _function(module: Module, name: str) -> Function:
    return next(
        node for node in ast.walk(module.tree) if isinstance(node, FUNCTIONS) and node.name == name
    )
