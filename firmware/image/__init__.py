"""Makes the boards' image out of the sources: a third less on a board's heap, the same in what it does.

A board keeps the code it runs in its heap, and beside it every name, every module's dictionary and every class. So:
what a role never asks for is left out (needed), errors that only their reason tells apart are one class (reasons),
functions marked so are read when they are called (lent), what only borrowed modules need comes and goes with them
(seldom) and leaves no names behind (transient), what a start has done for the last time is forgotten (once), numbers
stand where they are used (squeeze), all that is always there lies in two modules (merge), what nobody outside sees
is called by names that every MicroPython has in its flash (choice, names, rom), classes whose objects nobody tells
apart are one (kin, family), and of the lines only the first of each function is known (lines). A traceback gives a line
of `main` or `rest`; `python -m firmware.image sensor rest:412` says which line of which source that is.
"""

from .lines import without_lines
from .page import page_files
from .program import Program
from .squeeze import squeezed
from .words import word_files

__all__ = ["Program", "page_files", "squeezed", "without_lines", "word_files"]
