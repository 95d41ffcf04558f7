"""Makes the boards' image out of the sources: smaller on a board's heap, the same in what it does.

Every name lies in a board's memory once, and every public number takes a place in its module's dictionary.
So in the image numbers stand where they are used, and what nobody else can see has a short name.
Files, lines, classes and public functions keep theirs: a traceback still says where.
"""

from .program import Program
from .squeeze import squeezed

__all__ = ["Program", "squeezed"]
