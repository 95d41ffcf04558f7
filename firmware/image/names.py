"""Other names for what nobody outside sees: such as a board has anyway, or short ones (which ones: choice.py)."""

import ast

from .choice import (
    BUILTIN,
    FUNCTIONS,
    Choice,
    chosen,
    definitions,
    is_private,
    is_self,
    parameters_of,
    stored,
)
from .lent import owner_of
from .program import Edits, Module, Place, Program

type _Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def shorten(program: Program) -> dict[str, str]:
    """Return the modules with other names."""
    choice = chosen(program)
    return {
        name: _Shortener(module, choice, name in program.origins).text()
        for name, module in program.modules.items()
    }


class _Shortener:
    """One module's new names."""

    def __init__(self, module: Module, choice: Choice, closed: bool) -> None:
        self._edits = Edits(module.text)
        self._choice = choice
        self._closed = closed  # nobody but its importers knows what is in it, `run` apart
        self._module = module
        self._taken = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
        self._taken |= BUILTIN

    def text(self) -> str:
        """Return the module's text."""
        tree = self._module.tree
        self._of_module(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                self._of_class(node)
            if isinstance(node, FUNCTIONS):
                self._of_function(node)
                if not isinstance(node, ast.Lambda) and owner_of(node):
                    self._of_methods(node, self._new_privates(owner_of(node)))
            if isinstance(node, ast.Attribute) and node.attr in self._choice.public:
                self._rename_attribute(node, self._choice.public[node.attr])
        return self._edits.applied()

    def _of_module(self, tree: ast.Module) -> None:
        """Rename functions and variables of the first level; classes too when they are private."""
        classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
        own = {node.name for node in definitions(tree.body)}
        for statement in tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Try | ast.If):
                own |= set(stored(statement))
        seen = {name for name in own if not is_private(name)}
        kept = seen & (classes & self._choice.errors if self._closed else self._choice.asked)
        declared = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Global | ast.Nonlocal)
            for name in node.names
        }
        lent = set() if self._closed else kept & self._choice.public.keys()
        lent -= parameters_of(tree)
        others = {name: self._choice.public[name] for name in lent}
        others |= {
            place[1]: name
            for place, name in self._choice.shared.items()
            if place[0] == self._module.name
        }
        self._taken |= set(others.values())  # what others ask for must not hide what is ours
        new = self._imports(own)
        own -= self._choice.imported | declared | {"run"} | kept
        free = (one for one in self._choice.first_level if one not in self._taken)
        new |= {name: next(free) for name in sorted(own) if len(name) > 2 and name[:2] != "__"}
        # a name that is also somebody's parameter would be another thing there
        for name in parameters_of(tree):
            new.pop(name, None)
        new |= others
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in new:
                self._edits.replace(node, new[node.id])
        for node in definitions(tree.body):
            if node.name in new:
                self._edits.rename_definition(node, new[node.name])

    def _imports(self, own: set[str]) -> dict[str, str]:
        """Import by new names; return those that are new in here as well."""
        module, shared = self._module, self._choice.shared
        places: dict[str, set[Place]] = {}
        for node in module.imports:
            for alias in node.names:
                place = (module.origin(node), alias.name)
                places.setdefault(alias.asname or alias.name, set()).add(place)
        kept = own | parameters_of(module.tree)
        new = {
            local: shared[place]
            for local, (place, *others) in places.items()
            if place in shared
            and not others
            and local not in kept
            and shared[place] not in self._taken
        }
        for node in module.imports:
            origin = module.origin(node)
            if not any((origin, alias.name) in shared for alias in node.names):
                continue
            parts = []
            for alias in node.names:
                local = alias.asname or alias.name
                name = shared.get((origin, alias.name), alias.name)
                parts.append(f"{name} as {new.get(local, local)}")
            self._edits.replace(node, f"from {origin} import {', '.join(parts)}")
        return new

    def _of_class(self, node: ast.ClassDef) -> None:
        """Rename what only `self` is asked for, and its methods that have new names everywhere."""
        new = self._choice.public | self._new_privates(node.name)
        self._of_methods(node, new)
        for method in definitions(node.body):
            self._edits.rename_definition(method, new.get(method.name, method.name))

    def _new_privates(self, name: str) -> dict[str, str]:
        """Return the new names of what only the methods of a class ask `self` for."""
        return self._choice.privates[name]

    def _of_methods(self, code: ast.AST, new: dict[str, str]) -> None:
        for one in ast.walk(code):
            if isinstance(one, ast.Attribute) and is_self(one.value) and is_private(one.attr):
                self._rename_attribute(one, new.get(one.attr, one.attr))

    def _rename_attribute(self, node: ast.Attribute, new: str) -> None:
        end = (node.value.end_lineno, node.value.end_col_offset)
        self._edits.rename(*end, node.attr, new)  # type: ignore[arg-type]

    def _of_function(self, node: _Function) -> None:
        """Rename the parameters but `self`."""
        everything = node.args
        arguments = [*everything.posonlyargs, *everything.args, *everything.kwonlyargs]
        arguments += [one for one in (everything.vararg, everything.kwarg) if one]
        inner = list(ast.walk(node))
        hidden = {one.arg for one in inner if isinstance(one, ast.arg)}
        taken = self._taken | hidden
        for argument in arguments:
            name = argument.arg
            twice = sum(isinstance(one, ast.arg) and one.arg == name for one in inner) > 1
            if name == "self" or name in self._choice.fixed or twice or len(name) == 1:
                continue
            new = next(one for one in self._choice.parameters if one not in taken)
            taken.add(new)
            self._edits.rename(argument.lineno, argument.col_offset, name, new)
            for one in inner:
                if isinstance(one, ast.Name) and one.id == name:
                    self._edits.replace(one, new)
