"""Finds what a node does for the last time when it starts: half of its constructors, and what joins its parts.

`node.started` is borrowed at the end of the start, and in an image its `forget_start` takes all of that out of the
classes and modules. What is done afterwards is found by names, as in `needed`: the rest of the functions that are
running then, whatever was handed on without being called (tasks, callbacks), and all that these mention.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .needed import running
from .program import Module, Place, Program

MODULE = "node.started"
MARK = "forget_start"  # called where the start ends

type _Function = ast.FunctionDef | ast.AsyncFunctionDef
type Found = tuple[str, int]  # module, line of a definition

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def done_once(program: Program) -> set[Found]:
    """Return the functions, methods and tables that nothing needs any more once the node has started."""
    if MODULE not in program.modules:
        return set()
    return _Once(program).found()


def forgetting(program: Program, found: set[Found]) -> str:
    """Return the text of a module that forgets them, by the names that they have now.

    A deleted method stays in its slot of the class (py/map.c keeps the value), so it gives way to None.
    """
    own = program.modules[MODULE].tree.body
    called = next(node.name for node in own if isinstance(node, ast.FunctionDef))
    lines = ["import sys", f"def {called}():"]
    gone: set[Place] = set()
    for name, module in program.modules.items():
        here = []
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                here += [
                    f"{node.name}.{one.name} = None"
                    for one in node.body
                    if isinstance(one, _FUNCTIONS) and (name, one.lineno) in found
                ]
            elif (name, node.lineno) in found:
                here += [f"{one} = None" for one in _names_of(node)]
                gone |= {(name, one) for one in _names_of(node)}
        lines += _in_module(name, here)
    for name in program.origins:
        borrowed = program.modules[name].borrowed
        lines += _in_module(name, [f"{one} = None" for one in borrowed if borrowed[one] in gone])
    return "\n".join(lines) + "\n"


def _in_module(name: str, assignments: list[str]) -> list[str]:
    """Return lines that assign to what a module has."""
    if not assignments:
        return []
    return [f"    one = sys.modules[{name!r}]", *(f"    one.{each}" for each in assignments)]


def _names_of(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]):
            return [name]
    return []


@dataclass
class _Once:
    """What is needed afterwards, as far as is known; grows until it is all."""

    program: Program
    attributes: set[str] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)
    _later: set[ast.AST] = field(
        default_factory=set
    )  # code that runs afterwards, looked at already
    _chain: dict[ast.AST, list[ast.AST]] = field(default_factory=dict)
    _lazy: set[str] = field(default_factory=set)  # what only begins to run when it is called
    _methods: set[ast.AST] = field(default_factory=set)
    _properties: set[str] = field(default_factory=set)  # to read one is to call it

    def found(self) -> set[Found]:
        """Return what is left over."""
        functions = list(self._functions())
        self._lazy = {node.name for _, _, node in functions if _is_lazy(node)}
        self._methods = {node for _, owner, node in functions if owner}
        self._properties = {node.name for _, _, node in functions if node.decorator_list}
        self._properties -= {node.name for _, _, node in functions if not node.decorator_list}
        self._find_chain()
        for module, _, node in functions:
            for part in self._chain.get(node, ()):
                self._look(module, part)
        for name, module in self.program.modules.items():
            if name not in self.program.origins:  # is read at any time
                for node in module.tree.body:
                    if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                        self._look(module, node)
        before = (-1, -1, -1)
        while before != (sizes := (len(self.attributes), len(self.places), len(self._later))):
            before = sizes
            for module, owner, node in functions:
                if node in self._later:
                    continue
                if node not in self._chain and self._is_needed(module, owner, node):
                    self._look(module, node)
                else:
                    self._look_at_start(module, node)
            for module in self.program.modules.values():
                for node in module.tree.body:
                    if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                        self._look_at_start(module, node)
        return set(self._left_over(functions))

    def _functions(self) -> Iterator[tuple[Module, ast.ClassDef | None, _Function]]:
        for module in self.program.modules.values():
            for node in module.tree.body:
                if isinstance(node, _FUNCTIONS):
                    yield module, None, node
                elif isinstance(node, ast.ClassDef):
                    for method in node.body:
                        if isinstance(method, _FUNCTIONS):
                            yield module, node, method

    def _left_over(
        self, functions: Iterable[tuple[Module, ast.ClassDef | None, _Function]]
    ) -> Iterator[Found]:
        for module, _, node in functions:
            if (
                module.name in self.program.origins
                and node not in self._later
                and node not in self._chain
            ):
                yield module.name, node.lineno
        for name in self.program.origins:
            for node in self.program.modules[name].tree.body:
                match node:
                    case ast.Assign(targets=[ast.Name(id=variable)]) if (
                        name,
                        variable,
                    ) not in self.places and variable not in self.attributes:
                        yield name, node.lineno

    def _find_chain(self) -> None:
        """Find the functions that are running when the start ends, and what each of them has left to do."""
        callee = _Callee(MARK)
        while outer := self._caller_of(callee):
            module, owner, node = outer
            self._chain[node] = list(_left_to_do(self.program, module, node.body, callee))
            callee = _Callee(node.name, None if owner else (module.name, node.name))

    def _caller_of(self, callee: _Callee) -> tuple[Module, ast.ClassDef | None, _Function] | None:
        for module, owner, node in self._functions():
            if node not in self._chain and callee.is_called_in(self.program, module, node):
                return module, owner, node
        return None

    def _is_needed(self, module: Module, owner: ast.ClassDef | None, node: _Function) -> bool:
        if owner is None:
            return (
                (module.name, node.name) in self.places
                or (module.name not in self.program.origins and node.name in self.attributes)
                or node.name.startswith("__")
            )
        if node.name == "__init__":
            is_base = any(
                isinstance(base, ast.Name) and base.id == owner.name
                for one in self.program.modules.values()
                for other in one.tree.body
                if isinstance(other, ast.ClassDef)
                for base in other.bases
            )
            return (
                is_base or (module.name, owner.name) in self.places or owner.name in self.attributes
            )
        return (
            node.name in self.attributes
            or node.name.startswith("__")
            or any(isinstance(base, ast.Attribute) for base in owner.bases)
        )

    def _look(self, module: Module, code: ast.AST) -> None:
        """Need all that a piece of code mentions which runs afterwards."""
        if code in self._later:
            return
        self._later.add(code)
        for node in (code, *running(code)):
            self._mention(module, node)

    def _look_at_start(self, module: Module, code: ast.AST) -> None:
        """Need what a piece of code hands on that runs before."""
        called = set()
        awaited = set()
        for node in (code, *running(code)):
            match node:
                case ast.Await(value=ast.Call() as call):
                    awaited.add(call)
                case ast.Call(func=function):
                    name = getattr(function, "attr", getattr(function, "id", ""))
                    in_chain = self._is_chain(module, function)
                    if name not in self._lazy or node in awaited or in_chain:
                        called.add(function)
                    if in_chain:
                        called |= set(
                            node.args
                        )  # handed to one that calls it before the start ends
                case ast.Lambda():
                    self._look(module, node)
                case ast.FunctionDef() | ast.AsyncFunctionDef() if node is not code:
                    self._look(module, node)
            is_read = isinstance(node, ast.Attribute) and node.attr in self._properties
            if isinstance(node, ast.Name | ast.Attribute) and node not in called and not is_read:
                self._mention(module, node)

    def _is_chain(self, module: Module, function: ast.expr) -> bool:
        """Tell whether a function is called that is running when the start ends."""
        name = getattr(function, "attr", getattr(function, "id", ""))
        return any(
            isinstance(one, _FUNCTIONS)
            and one.name == name
            and (isinstance(function, ast.Name) or one in self._methods)
            for one in self._chain
        )

    def _mention(self, module: Module, node: ast.AST) -> None:
        match node:
            case ast.Attribute(attr=name, ctx=ctx) if (
                isinstance(ctx, ast.Load) or name in self._properties  # its setter is called
            ):
                self.attributes.add(name)
                if isinstance(node.value, ast.Name) and node.value.id in module.modules:
                    other = self.program.modules[module.modules[node.value.id]]
                    self.places.add(self.program.place(other, name))
            case ast.Name(id=name, ctx=ast.Load()):
                self.places.add(self.program.place(module, name))


def _is_lazy(node: _Function) -> bool:
    """Tell whether a call only makes a coroutine or a generator, which runs later."""
    return isinstance(node, ast.AsyncFunctionDef) or any(
        isinstance(one, ast.Yield | ast.YieldFrom) for one in ast.walk(node)
    )


@dataclass
class _Callee:
    """Who is called: a method, by its name, or a function of a module."""

    name: str
    place: Place | None = None

    def is_called_in(self, program: Program, module: Module, code: ast.AST) -> bool:
        """Tell whether a piece of code calls it."""
        for one in ast.walk(code):
            match one:
                case ast.Call(func=ast.Name(id=name)) if self.place:
                    if program.place(module, name) == self.place:
                        return True
                case ast.Call(func=ast.Attribute(attr=name)) if not self.place:
                    if name == self.name:
                        return True
        return False


def _left_to_do(
    program: Program, module: Module, body: list[ast.stmt], callee: _Callee
) -> Iterator[ast.AST]:
    """Yield what follows the statement with the call; all of a loop around it."""
    for number, statement in enumerate(body):
        if not callee.is_called_in(program, module, statement):
            continue
        yield from body[number + 1 :]
        inner: list[ast.stmt] = []
        match statement:
            case ast.For() | ast.AsyncFor() | ast.While():
                yield statement
            case ast.Try(body=inner, handlers=handlers, orelse=orelse, finalbody=finalbody):
                yield from [*handlers, *orelse, *finalbody]
            case ast.With(body=inner) | ast.AsyncWith(body=inner):
                pass
            case ast.If(body=first, orelse=second):
                inner = first + second
        yield from _left_to_do(program, module, inner, callee)
        return
