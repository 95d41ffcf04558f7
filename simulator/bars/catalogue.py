"""All bars."""

from . import freshness, recovery

BARS = [*recovery.BARS, *freshness.BARS]
