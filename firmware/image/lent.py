"""Functions marked `@seldom` lie in flash: in the heap stays a line that reads them when they are called.

They become functions of a module of their own for each source, `<module>_lent`; a method becomes `Class__method`, with
`self` as its first argument, and what it calls is found by the name that the object has anyway.
"""

import ast
from collections.abc import Iterator

from .program import Edits, Module, Program

SUFFIX = "_lent"
BETWEEN = "__"  # of a class's name and a method's
_MARK = "seldom"
_LENDER = ("node.borrowed", "lend")

type _Function = ast.FunctionDef | ast.AsyncFunctionDef

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def lent(program: Program) -> Program:
    """Return the program with marked functions in modules of their own."""
    texts = program.texts
    for name, module in program.modules.items():
        if list(_marked(module)):
            texts[name] = _staying(module)
            texts[name + SUFFIX] = _going(module)
    return Program(texts, program.whole)


def owner_of(node: _Function) -> str:
    """Return the class whose method a lent function was, "" if it was none."""
    name, between, _ = node.name.partition(BETWEEN)
    return name if between and node.args.args and node.args.args[0].arg == "self" else ""


def _marked(module: Module) -> Iterator[tuple[ast.ClassDef | None, _Function]]:
    for node in module.tree.body:
        if isinstance(node, _FUNCTIONS) and _mark(node):
            yield None, node
        elif isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, _FUNCTIONS) and _mark(method):
                    yield node, method


def _mark(node: _Function) -> bool:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Name) and decorator.id == _MARK:
            others = [one for one in node.decorator_list if one is not decorator]
            is_plain = not others or _is_property(others)
            if not is_plain or node.args.kwonlyargs or node.args.kwarg:
                raise ValueError(f"line {node.lineno}: more than a plain function cannot be lent")
            return True
    return False


def _is_property(decorators: list[ast.expr]) -> bool:
    return [one.id for one in decorators if isinstance(one, ast.Name)] == ["property"]


def _staying(module: Module) -> str:
    """Return the module with a call in the place of each marked function."""
    edits = Edits(module.text)
    for owner, node in _marked(module):
        names = [one.arg for one in node.args.args]
        if node.args.vararg:
            names.append(f"*{node.args.vararg.arg}")
        node_args = ast.unparse(node.args)
        called = f"{owner.name}{BETWEEN}{node.name}" if owner else node.name
        call = f'{_LENDER[1]}("{module.name}{SUFFIX}").{called}({", ".join(names)})'
        new = f"def {node.name}({node_args}): return {call}"
        if len(node.decorator_list) > 1:
            new = f"@property\n{' ' * node.col_offset}{new}"
        edits.replace(node, new)
    return f"from {_LENDER[0]} import {_LENDER[1]}; {edits.applied()}"


def _going(module: Module) -> str:
    """Return the module with nothing but the marked functions, and what they need of the rest."""
    edits = Edits(module.text)
    marked = list(_marked(module))
    functions = {node for _, node in marked}
    owners = {owner for owner, _ in marked}
    wanted = {one.id for node in functions for one in ast.walk(node) if isinstance(one, ast.Name)}
    staying = set()
    for node in module.tree.body:
        if node in functions or isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.ClassDef) and node in owners:
            staying.add(node.name)
            edits.replace_head(node, "if 1:")
            for method in node.body:
                if method not in functions:
                    edits.replace(method, "pass")
            continue
        staying |= _names_of(node)
        edits.replace(node, "pass")
    for owner, node in marked:
        for decorator in node.decorator_list:
            edits.replace_mark(decorator, "pass")
        if owner:
            edits.rename_definition(node, f"{owner.name}{BETWEEN}{node.name}")
    text = edits.applied()
    needed = ", ".join(sorted(staying & wanted))
    return f"from {module.name} import {needed}; {text}" if needed else text


def _names_of(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {
                one.id
                for target in targets
                for one in ast.walk(target)
                if isinstance(one, ast.Name)
            }
    return set()
