"""The toolchain package, as the commands in scripts/ import it."""

import sys
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"

if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))
