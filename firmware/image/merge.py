"""Many small modules become two: a module costs a board 110 bytes, each name that it imports another 16.

The first holds what is imported before anything else (the radios want their memory first), the second all
that follows. Modules that are read when they are needed stay what they are.
"""

import ast

from .program import Edits, Module, Place, Program
from .scopes import bound, first_level
from .seldom import SUFFIX


def merged(program: Program, entry: str) -> Program:
    """Return the program with what is always there in two modules: `entry` and `<its package>.rest`."""
    first = _closure(program, [entry])
    # what is read for the moment as early as that must not bring the second along, and take it away again
    early = [name for part in first for name in _called_by_name(program, part)]
    first = [name for name in _closure(program, [*first, *early]) if _stays(program, name)]
    main = program.modules[entry]
    later = [name for node in main.imports if main.is_late(node) for name in main.targets(node)]
    rest = [
        name for name in _closure(program, later) if name not in first and _stays(program, name)
    ]
    return _Merger(program, {entry: first, entry.partition(".")[0] + ".rest": rest}).program()


def _closure(program: Program, names: list[str]) -> list[str]:
    """Return these modules and all that are imported with them, each after what it needs."""
    order: list[str] = []
    visited: set[str] = set()

    def visit(name: str) -> None:
        if name in visited:
            return
        visited.add(name)
        module = program.modules[name]
        for node in module.imports:
            if not module.is_late(node):
                for target in module.targets(node):
                    visit(target)
        order.append(name)

    for name in names:
        visit(name)
    return order


def _inner_names(program: Program) -> set[str]:
    """Return what functions call their own, but for what they import from us."""
    return {
        name
        for module in program.modules.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for name in bound(node.body if isinstance(node.body, list) else [node.body], module.imports)
        | {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    }


def _stays(program: Program, name: str) -> bool:
    return name not in program.whole and not name.endswith(SUFFIX)


def _called_by_name(program: Program, part: str) -> list[str]:
    """Return the modules whose full names stand in a module as texts."""
    return [
        str(node.value)
        for node in ast.walk(program.modules[part].tree)
        if isinstance(node, ast.Constant) and node.value in program.whole
    ]


class _Merger:
    """Gives every name of the first level one of its own in its new module."""

    def __init__(self, program: Program, chunks: dict[str, list[str]]) -> None:
        self._program = program
        self._chunks = {name: parts for name, parts in chunks.items() if parts}
        self._home = {part: name for name, parts in self._chunks.items() for part in parts}
        self._new: dict[Place, str] = {}
        self._inner = _inner_names(program)
        for parts in self._chunks.values():
            self._choose_names(parts)

    def program(self) -> Program:
        """Return the new program."""
        texts: dict[str, str] = {}
        origins = {}
        for chunk, parts in self._chunks.items():
            pieces = [self._part(self._program.modules[part], chunk) for part in parts]
            head = "\n".join(self._head(chunk, parts))
            texts[chunk] = "\n".join([head, *pieces]) + "\n"
            origins[chunk] = [("", 0)] * (head.count("\n") + 1)
            for part, piece in zip(parts, pieces, strict=True):
                origins[chunk] += [(part, number + 1) for number in range(piece.count("\n") + 1)]
        for name, module in self._program.modules.items():
            if name not in self._home and "." in name:
                texts[name] = self._unmerged(module)
        packages = {name.rpartition(".")[0] for name in texts if "." in name}
        return Program(texts | dict.fromkeys(packages, ""), self._program.whole, origins)

    def _choose_names(self, parts: list[str]) -> None:
        """Keep a name where it means one thing only, in functions too; else add its module's."""
        meanings: dict[str, set[object]] = {}
        for part in parts:
            for name, meaning in self._program.modules[part].own.items():
                meanings.setdefault(name, set()).add(meaning)
        for part in parts:
            for name in self._program.modules[part].own:
                clear = len(meanings[name]) == 1 and name not in self._inner
                clear = clear or part in self._chunks  # the entry is known by its name
                self._new[part, name] = name if clear else f"{name}_{part.replace('.', '_')}"

    def _place(self, place: Place) -> Place:
        """Follow a name to the module that defines it."""
        borrowed = self._program.modules[place[0]].borrowed
        return self._place(borrowed[place[1]]) if place[1] in borrowed else place

    def _mentioned(self, module: Module) -> list[tuple[ast.expr, Place]]:
        """Return where the module mentions names of the first level, its own and others'."""
        found: list[tuple[ast.expr, Place]] = []
        passed = set()
        for node in ast.walk(module.tree):
            match node:
                case ast.Attribute(value=ast.Name(id=alias), attr=attr) if alias in module.modules:
                    found.append((node, self._place((module.modules[alias], attr))))
                    passed.add(node.value)
        for name in first_level(module.tree, module.imports):
            if name.id in module.borrowed:
                found.append((name, self._place(module.borrowed[name.id])))
            elif name.id in module.own:
                found.append((name, (module.name, name.id)))
            elif module.modules.get(name.id) in self._home and name not in passed:
                raise ValueError(f"{module.name}: {name.id} is used as a thing, line {name.lineno}")
        return found

    def _part(self, module: Module, chunk: str) -> str:
        """Return the text of a module as a part of a new one."""
        edits = Edits(module.text)
        for node, place in self._mentioned(module):
            if place in self._new:
                edits.replace(node, self._new[place])
        for statement in module.tree.body:
            match statement:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    new = self._new[module.name, statement.name]
                    edits.rename_definition(statement, new)
                case ast.Import() | ast.ImportFrom():
                    edits.replace(statement, "pass")
        for declared in ast.walk(module.tree):
            if isinstance(declared, ast.Global):
                names = ", ".join(self._new.get((module.name, one), one) for one in declared.names)
                edits.replace(declared, f"global {names}")
        for node in module.imports:
            if module.is_late(node) and module.targets(node):
                edits.replace(node, "; ".join(self._late(module, node, chunk)) or "pass")
        return edits.applied()

    def _late(self, module: Module, node: ast.ImportFrom, chunk: str) -> list[str]:
        """Return what an import inside a function still has to do."""
        order = list(self._chunks)
        found = []
        for alias in node.names:
            local = alias.asname or alias.name
            if local in module.modules:
                home, new = self._home.get(module.modules[local]), alias.name
                if home is None:
                    found.append(f"from {module.origin(node)} import {alias.name} as {local}")
                continue
            place = self._place(module.borrowed[local])
            home, new = self._home.get(place[0]), self._new.get(place, "")
            if home is None:
                found.append(f"from {module.origin(node)} import {alias.name} as {local}")
            elif order.index(home) > order.index(chunk):
                found.append(f"from {home} import {new}")
        return found

    def _head(self, chunk: str, parts: list[str]) -> list[str]:
        """Return what a new module imports, each line once."""
        lines: dict[str, None] = {}
        order = list(self._chunks)
        for part in parts:
            module = self._program.modules[part]
            for statement in module.tree.body:
                match statement:
                    case ast.Import(names=names):
                        lines |= dict.fromkeys(f"import {alias.name}" for alias in names)
                    case ast.ImportFrom(names=names) if not module.targets(statement):
                        origin = module.origin(statement)
                        for alias in names:
                            new = self._new[part, alias.asname or alias.name]
                            lines[f"from {origin} import {alias.name} as {new}"] = None
            for _, place in self._mentioned(module):
                home = self._home.get(place[0], chunk)
                if order.index(home) < order.index(chunk):
                    lines[f"from {home} import {self._new[place]}"] = None
        return list(lines)

    def _unmerged(self, module: Module) -> str:
        """Return a module that imports from where things are now, under the names that it knows."""
        edits = Edits(module.text)
        wanted: dict[str, None] = {}
        for node, place in self._mentioned(module):
            if isinstance(node, ast.Attribute) and place in self._new:
                local = f"{place[0].rpartition('.')[2]}_{place[1]}"
                edits.replace(node, local)
                wanted[f"from {self._home[place[0]]} import {self._new[place]} as {local}"] = None
        for node in module.imports:
            if module.targets(node):
                edits.replace(node, "; ".join(self._from_new(module, node)) or "pass")
        return "; ".join([*wanted, edits.applied()])

    def _from_new(self, module: Module, node: ast.ImportFrom) -> list[str]:
        found = []
        for alias in node.names:
            local = alias.asname or alias.name
            if local in module.modules:
                if module.modules[local] not in self._home:
                    found.append(f"from {module.origin(node)} import {alias.name} as {local}")
                continue
            place = self._place(module.borrowed[local])
            home = self._home.get(place[0], module.origin(node))
            found.append(f"from {home} import {self._new.get(place, alias.name)} as {local}")
        return found
