"""The command `scripts/flash`."""

import sys

from .command import main

sys.exit(main())
