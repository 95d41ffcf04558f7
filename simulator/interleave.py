"""Rewrites firmware source so that it can be stopped between any two accesses to shared memory.

On an ESP32 the Bluetooth handler runs in a task of NimBLE's and takes the interpreter's lock. Either side
hands the lock over wherever the VM looks for pending things (MICROPY_PY_THREAD_GIL_VM_DIVISOR, py/vm.c).
Here every function becomes a generator that yields after each load of an attribute or an element, and
between computing a value and storing it where the other side may look. Whoever drives two such generators
chooses who goes on: that reaches every interleaving that matters, the rest of the bytecodes touching only
what is private.
"""

import ast


def interruptible(source: str) -> str:
    """Return the module with all its functions as generators, except those whose names begin with __."""
    tree = ast.parse(source)
    functions = {
        one.name
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("__")
    }
    for one in ast.walk(tree):
        if isinstance(one, ast.FunctionDef) and one.name in functions:
            _make_generator(one, functions)
    return ast.unparse(ast.fix_missing_locations(tree))


def _make_generator(function: ast.FunctionDef, functions: set[str]) -> None:
    points = _Points(functions, {one.arg for one in function.args.args})
    # the first yield also makes a generator of a function that touches nothing
    function.body = [ast.Expr(ast.Yield()), *map(points.visit, function.body)]


class _Points(ast.NodeTransformer):
    """Puts a yield wherever the other side may come in."""

    def __init__(self, functions: set[str], parameters: set[str]) -> None:
        self._functions = functions
        self._parameters = parameters

    def visit_Call(self, node: ast.Call) -> ast.AST:
        arguments: list[ast.expr] = [self.visit(one) for one in node.args]
        node.args = arguments
        name = getattr(node.func, "attr", getattr(node.func, "id", None))
        return ast.YieldFrom(node) if name in self._functions else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._load(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return self._load(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        return self._store(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        return self._store(node)

    def _load(self, node: ast.Attribute | ast.Subscript) -> ast.AST:
        # which array an attribute names never changes: what counts is the element
        if not isinstance(node.value, ast.Attribute):
            self.generic_visit(node)
        if isinstance(node.ctx, ast.Store) or self._is_private(node):
            return node
        return ast.Yield(node)

    def _is_private(self, node: ast.Attribute | ast.Subscript) -> bool:
        """Tell whether this is an element of what the function was given."""
        return (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id in self._parameters
        )

    def _store(self, node: ast.Assign | ast.AugAssign) -> ast.AST:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        self.generic_visit(node)
        if not all(map(self._is_own, targets)):
            node.value = ast.Yield(node.value)
        return node

    def _is_own(self, target: ast.expr) -> bool:
        """Tell whether only this function sees what is stored there: a name, or an element of its own."""
        return isinstance(target, ast.Name) or (
            isinstance(target, ast.Subscript) and self._is_private(target)
        )
