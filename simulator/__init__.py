"""The digital twin: the boards' real firmware under MicroPython's unix port, in a world of its own."""

from .node import Node, NodeError
from .world import World

__all__ = ["Node", "NodeError", "World"]
