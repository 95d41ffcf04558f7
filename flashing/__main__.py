"""The command `scripts/flash`."""

import sys

try:
    from .command import main  # esptool takes its time, in which somebody may think again

    code = main()
except KeyboardInterrupt:
    sys.exit(130)
sys.exit(code)
