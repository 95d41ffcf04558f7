"""Joins classes whose objects nobody tells apart: a class of its own costs a board 120 bytes beside its methods.

Which ones: kin.py. What the `__init__` of a class did, a function of the class's name does.

A lent method of such a class needs no line of its own that lends it: a table says where the method lies, and
`__getattr__` asks it. Only if it is called whenever it is mentioned: kept, it would keep its module.
"""

import ast
from collections.abc import Iterator

from .choice import BUILTIN
from .kin import FUNCTIONS, Member, families_of, members_of
from .once import Found
from .program import Edits, Line, Module, Program
from .rom import NAMES
from .scopes import first_level

_FEWEST_LENT = 3  # methods that are worth a table
_HELPER = """\
def {helper}(self, name, table):
    if name not in table: raise AttributeError(name)
    function = getattr({lend}(table[name]), name)
    return lambda *args: function(self, *args)"""


def joined(program: Program, found: set[Found]) -> tuple[Program, set[Found]]:
    """Return the program with fewer classes, and where its functions are now that are done once."""
    for chunk in program.origins:
        program = _with_returns(program, chunk)
    moved = set(found)
    for chunk in program.origins:
        families = families_of(program, chunk)
        if families:
            program, lines = _Joiner(program, chunk, families).program()
            moved = {
                place for place in moved if place[0] != chunk
            } | {(chunk, lines[line]) for name, line in moved if name == chunk and line in lines}  # fmt: skip
    return program, moved


def _with_returns(program: Program, chunk: str) -> Program:
    """Let each `__init__` of a class to be joined return its object."""
    module = program.modules[chunk]
    edits = Edits(module.text)
    for member in members_of(program, module):
        if member.init:
            for node in _own(member.init):
                if isinstance(node, ast.Return):
                    did = f"{ast.unparse(node.value)}; " if node.value else ""
                    edits.replace(node, f"{did}return self")
    return program.with_texts(program.texts | {chunk: edits.applied()})


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """Walk a function without those inside it."""
    for node in ast.iter_child_nodes(function):
        if not isinstance(node, (*FUNCTIONS, ast.Lambda)):
            yield node
            yield from _own(node)


class _Joiner:
    """Writes a module anew, with one class for each family."""

    def __init__(self, program: Program, chunk: str, families: list[list[Member]]) -> None:
        self._program = program
        self._module = program.modules[chunk]
        self._data = self._module.text.encode()
        self._starts = [0]
        for line in self._data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._origins = program.origins[chunk]
        self._text: list[str] = []
        self._from: list[Line] = []
        self._lines: dict[int, int] = {}  # of a definition, before and now
        everything = list(ast.walk(self._module.tree))
        used = {node.id for node in everything if isinstance(node, ast.Name)}
        used |= {node.arg for node in everything if isinstance(node, ast.arg)}
        used |= {node.name for node in self._module.tree.body if hasattr(node, "name")}  # type: ignore[attr-defined]
        used |= {name for names in program.modules.values() for _, name in names.borrowed.values()}
        self._free = (name for name in NAMES if name not in used and name not in BUILTIN)
        self._families = [(next(self._free), family) for family in families]
        self._renamed: dict[str, dict[str, str]] = {}  # in lent modules

    def program(self) -> tuple[Program, dict[int, int]]:
        """Return the new program, and where each definition of the module is now."""
        home = {one.node: (name, one) for name, family in self._families for one in family}
        for node in self._module.tree.body:
            if isinstance(node, ast.ClassDef) and node in home:
                self._constructor(*home[node])
            else:
                self._keep(node)
        for name, family in self._families:
            self._class(name, family)
        chunk = self._module.name
        texts = self._program.texts | {chunk: "\n".join(self._text) + "\n"}
        for module, names in self._renamed.items():
            texts[module] = _with_other_names(self._program.modules[module], names)
        origins = self._program.origins | {chunk: self._from}
        return Program(texts, self._program.whole, origins), self._lines

    def _put(self, text: str, line: int) -> None:
        """Write lines that stood at this one and behind it."""
        for number, one in enumerate(text.split("\n")):
            self._text.append(one)
            self._from.append(self._origins[min(line - 1 + number, len(self._origins) - 1)])

    def _segment(self, first: ast.AST, last: ast.AST) -> str:
        start = self._starts[first.lineno - 1] + first.col_offset  # type: ignore[attr-defined]
        marks = getattr(first, "decorator_list", [])
        if marks:
            start = self._starts[marks[0].lineno - 1] + marks[0].col_offset - 1
        end = self._starts[last.end_lineno - 1] + last.end_col_offset  # type: ignore[attr-defined]
        return self._data[start:end].decode()

    def _note(self, node: ast.AST, line: int) -> None:
        """Note where a definition, and whatever is inside it, stands now."""
        for one in ast.walk(node):
            if hasattr(one, "lineno"):
                self._lines[one.lineno] = len(self._text) + 1 + one.lineno - line

    def _keep(self, node: ast.stmt) -> None:
        marks = getattr(node, "decorator_list", [])
        line = marks[0].lineno if marks else node.lineno
        self._note(node, line)
        self._put(self._segment(node, node), line)

    def _constructor(self, family: str, member: Member) -> None:
        """Write the function that makes an object of a class."""
        node, init = member.node, member.init
        if init is None:
            self._put(f"def {node.name}(): return {family}()", node.lineno)
            return
        self._lines[init.lineno] = len(self._text) + 1
        arguments = ast.arguments(**dict(ast.iter_fields(init.args)))
        arguments.args = [ast.arg(one.arg) for one in init.args.args[1:]]
        self._put(f"def {node.name}({ast.unparse(arguments)}):", init.lineno)
        self._put(f"        self = {family}()", init.lineno)
        self._put("        " + self._segment(init.body[0], init.body[-1]), init.body[0].lineno)
        self._put("        return self", init.body[-1].lineno)

    def _class(self, name: str, family: list[Member]) -> None:
        """Write the class of all methods."""
        table = self._table(family)
        if table:
            lend, modules = table
            helper, names = next(self._free), next(self._free)
            line = family[0].node.lineno
            self._text += _HELPER.format(helper=helper, lend=lend).split("\n")
            self._text.append(f"{names} = {modules!r}")
            self._from += [self._origins[line - 1]] * (_HELPER.count("\n") + 2)
        self._put(f"class {name}:", family[0].node.lineno)
        if table:
            self._put(
                f"    def __getattr__(self, name): return {helper}(self, name, {names})",
                family[0].node.lineno,
            )
        for member in family:
            for method in member.methods:
                if table and method.name in table[1]:
                    continue
                marks = method.decorator_list
                line = marks[0].lineno if marks else method.lineno
                self._note(method, line)
                self._put("    " + self._segment(method, method), line)

    def _table(self, family: list[Member]) -> tuple[str, dict[str, str]] | None:
        """Return who lends and, by the methods' names, from where; note which functions have to be called so."""
        kept = _mentioned(self._program)
        modules: dict[str, str] = {}
        renamed: dict[str, dict[str, str]] = {}
        lend = ""
        for member in family:
            for name, lent in member.lent.items():
                module = self._program.modules[lent.module]
                names = self._renamed.get(lent.module, {}) | renamed.get(lent.module, {})
                used = {one.id for one in first_level(module.tree, ())} | set(names.values())
                used |= set(module.own) | module.borrowed.keys() | module.modules.keys()
                if name in kept or name in used:
                    continue
                lend = lent.lend
                modules[name] = lent.module
                renamed.setdefault(lent.module, {})[lent.function] = name
        if len(modules) < _FEWEST_LENT:
            return None
        for module, names in renamed.items():
            self._renamed.setdefault(module, {}).update(names)
        return lend, modules


def _mentioned(program: Program) -> set[str]:
    """Return the attributes that are read without being called at once."""
    found = set()
    for module in program.modules.values():
        called = {one.func for one in ast.walk(module.tree) if isinstance(one, ast.Call)}
        found |= {
            one.attr
            for one in ast.walk(module.tree)
            if isinstance(one, ast.Attribute)
            and isinstance(one.ctx, ast.Load)
            and one not in called
        }
    return found


def _with_other_names(module: Module, names: dict[str, str]) -> str:
    edits = Edits(module.text)
    for node in ast.walk(module.tree):
        if isinstance(node, FUNCTIONS) and node.name in names:
            edits.rename_definition(node, names[node.name])
    return edits.applied()
