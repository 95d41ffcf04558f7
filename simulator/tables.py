"""Tables of a scenario file: a name that nobody knows is a mistake that is named."""

import annotationlib
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from .victron.model import ModelError


def parameters(*functions: Callable[..., Any]) -> set[str]:
    """Return what functions can be given by name."""
    named = {
        name: one.kind
        for function in functions
        for name, one in inspect.signature(
            function, annotation_format=annotationlib.Format.FORWARDREF
        ).parameters.items()
    }
    return {
        name
        for name, kind in named.items()
        if kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    } - {"self", "world"}


def check(table: Any, known: Collection[str], where: str) -> None:
    """Raise when this is no table, or holds a name that is not known."""
    if not isinstance(table, Mapping):
        raise ModelError(f"{where} is a table, not {table!r}")
    if unknown := set(table) - set(known):
        raise ModelError(f"{where}: {', '.join(sorted(unknown))} unknown; known: {sorted(known)}")
