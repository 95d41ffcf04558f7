"""What only real boards can show: measured with a person's help, written into one report."""

import sys
from pathlib import Path

# At the end: that folder holds modules with common names.
sys.path.append(str(Path(__file__).parents[1] / "custom_components" / "victron_espnow"))
