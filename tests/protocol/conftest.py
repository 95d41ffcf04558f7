"""The package `protocol` from its folder, as the boards import it: without Home Assistant."""

import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "custom_components" / "victron_espnow"

# At the end: that folder holds modules with common names (sensor, const).
if str(PACKAGE) not in sys.path:
    sys.path.append(str(PACKAGE))
