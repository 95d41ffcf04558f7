"""Whole numbers that are given once, in capitals, on a module's first level."""

import ast
from collections import Counter

from .program import Module, Place, Program

_SMALL = range(-(1 << 30), 1 << 30)  # a larger number is an object on a 32-bit board

_OPERATIONS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.LShift: lambda a, b: a << b,
    ast.RShift: lambda a, b: a >> b,
    ast.BitOr: lambda a, b: a | b,
    ast.BitAnd: lambda a, b: a & b,
}


class Constants:
    """Place -> number, and the statements that give them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.numbers: dict[Place, int] = {}
        self.definitions: dict[str, list[ast.stmt]] = {name: [] for name in program.modules}
        self._asked = {
            node.attr
            for module in program.modules.values()
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute)
        }
        for _ in range(3):  # a number may follow from one of another module
            for module in program.modules.values():
                self._collect(module)

    def of_name(self, module: Module, name: str) -> int | None:
        """Return the number behind a name in a module."""
        return self.numbers.get(module.borrowed.get(name, (module.name, name)))

    def of(self, module: Module, node: ast.AST) -> int | None:
        """Return the number that an expression is for certain."""
        match node:
            case ast.Constant(value=int() as number) if not isinstance(number, bool):
                return number
            case ast.Name(id=name):
                return self.of_name(module, name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in module.modules:
                return self.numbers.get((module.modules[name], attribute))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                number = self.of(module, operand)
                return None if number is None else -number
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATIONS:
                a, b = self.of(module, left), self.of(module, right)
                return None if a is None or b is None else _OPERATIONS[type(operator)](a, b)
            case ast.Call(func=ast.Name(id="const"), args=[argument]):
                return self.of(module, argument)
        return None

    def _collect(self, module: Module) -> None:
        stored = Counter(
            node.id for node in ast.walk(module.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ) + Counter(node.arg for node in ast.walk(module.tree) if isinstance(node, ast.arg))  # fmt: skip
        for statement in module.tree.body:
            if statement in self.definitions[module.name] or not isinstance(statement, ast.Assign):
                continue
            pairs = _pairs(statement)
            numbers = [self.of(module, value) for _, value in pairs]
            names = [name for name, _ in pairs]
            if (
                pairs
                and not (module.name in self._program.whole and self._asked & set(names))
                and all(stored[name] == 1 and name.upper() == name for name in names)
                and all(number is not None and number in _SMALL for number in numbers)
            ):
                places = [(module.name, name) for name in names]
                self.numbers.update(zip(places, numbers, strict=True))  # type: ignore[arg-type]
                self.definitions[module.name].append(statement)


def _pairs(statement: ast.Assign) -> list[tuple[str, ast.expr]]:
    """Return the names and what each of them is given; nothing when it is not as simple as that."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [(name, value)]
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(
            names
        ) == len(values):
            if all(isinstance(name, ast.Name) for name in names):
                return [(name.id, value) for name, value in zip(names, values, strict=True)]  # type: ignore[attr-defined]
    return []
