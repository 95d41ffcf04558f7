"""All modules of the image together, and what they take from each other."""

import ast
import functools
from dataclasses import dataclass, field

from .scopes import bound

type Place = tuple[str, str]  # module, name in it
type Line = tuple[str, int]  # module, line in it


@dataclass
class Edits:
    """Replacements in one text that leave every line where it is."""

    text: str
    _edits: list[tuple[int, int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._bytes = self.text.encode()
        starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts = starts

    def replace(self, node: ast.expr | ast.stmt | ast.alias | ast.arg, new: str) -> None:
        """Put other text in the place of a node."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        first = getattr(node, "decorator_list", [])
        start = self._starts[node.lineno - 1] + node.col_offset
        if first:
            start = self._starts[first[0].lineno - 1] + first[0].col_offset - 1
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        lines = self._bytes[start:end].count(b"\n") - new.count("\n")
        self._edits.append((start, end, new.encode() + b"\\\n" * lines))

    def replace_head(self, node: ast.ClassDef, new: str) -> None:
        """Put something else in the place of a class's first line, which has to be one line."""
        start = self._starts[node.lineno - 1] + node.col_offset
        self._edits.append((start, self._starts[node.lineno] - 1, new.encode()))

    def replace_mark(self, decorator: ast.expr, new: str) -> None:
        """Put a statement in the place of a decorator."""
        start = self._starts[decorator.lineno - 1] + decorator.col_offset - 1
        end = self._starts[decorator.lineno - 1] + (decorator.end_col_offset or 0)
        self._edits.append((start, end, new.encode()))

    def rename(self, line: int, column: int, old: str, new: str) -> None:
        """Put another name where the old one stands first from here on."""
        start = self._bytes.index(old.encode(), self._starts[line - 1] + column)
        self._edits.append((start, start + len(old.encode()), new.encode()))

    def rename_definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, new: str
    ) -> None:
        """Give a function or a class another name."""
        if new != node.name:
            self.rename(node.lineno, node.col_offset, f" {node.name}", f" {new}")

    def applied(self) -> str:
        """Return the text with all replacements; inside a replaced node nothing else is replaced."""
        result = self._bytes
        before = len(result) + 1
        for start, end, new in sorted(self._edits, key=lambda one: (one[1], -one[0]), reverse=True):
            if end > before:
                continue
            result = result[:start] + new + result[end:]
            before = start
        return result.decode()


class Module:
    """One file: its tree and what it imports from the others."""

    def __init__(self, name: str, text: str, known: set[str]) -> None:
        self.name = name
        self.text = text
        self.tree = ast.parse(text)
        self.imports = [node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom)]
        self.modules: dict[str, str] = {}  # local name: module
        self.borrowed: dict[str, Place] = {}  # local name: where it comes from
        for node in self.imports:
            origin = self.origin(node)
            for alias in node.names:
                local = alias.asname or alias.name
                if f"{origin}.{alias.name}" in known:
                    self.modules[local] = f"{origin}.{alias.name}"
                elif origin in known:
                    self.borrowed[local] = (origin, alias.name)

    @functools.cached_property
    def own(self) -> dict[str, object]:
        """Return the names of the first level that are not another module's of ours, and what they mean."""
        meanings: dict[str, object] = dict.fromkeys(bound(self.tree.body), self.name)
        for node in self.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                origin = self.origin(node) if isinstance(node, ast.ImportFrom) else ""
                for alias in node.names:
                    meanings[(alias.asname or alias.name).split(".")[0]] = (origin, alias.name)
        ours = self.modules.keys() | self.borrowed.keys()
        return {name: meaning for name, meaning in meanings.items() if name not in ours}

    def origin(self, node: ast.ImportFrom) -> str:
        """Return the full name of the module that the statement takes from."""
        if not node.level:
            return node.module or ""
        package = self.name.split(".")[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])

    def is_late(self, node: ast.ImportFrom) -> bool:
        """Tell whether a statement runs when a function does; on one line may stand several that do not."""
        return node not in self.tree.body

    def targets(self, node: ast.ImportFrom) -> list[str]:
        """Return the modules of ours that a statement imports."""
        found = []
        for alias in node.names:
            local = alias.asname or alias.name
            if local in self.modules:
                found.append(self.modules[local])
            elif local in self.borrowed:
                found.append(self.borrowed[local][0])
        return found


class Program:
    """The modules by their full names."""

    def __init__(
        self,
        texts: dict[str, str],
        whole: frozenset[str] = frozenset(),
        origins: dict[str, list[Line]] | None = None,
    ) -> None:
        self.whole = (
            whole  # modules that are asked for by their names: anything may be taken from them
        )
        self.origins = (
            origins or {}
        )  # of a module put together of others: where each line comes from
        known = set(texts)
        self.modules = {name: Module(name, text, known) for name, text in texts.items()}

    def place(self, module: Module, name: str) -> Place:
        """Return where a name of a module's first level is defined."""
        if name not in module.borrowed:
            return module.name, name
        origin, its_name = module.borrowed[name]
        return self.place(self.modules[origin], its_name)

    @property
    def texts(self) -> dict[str, str]:
        """Return the modules' texts."""
        return {name: module.text for name, module in self.modules.items()}

    def with_texts(self, texts: dict[str, str]) -> Program:
        """Return the same with other texts, line for line."""
        return Program(texts, self.whole, self.origins)
