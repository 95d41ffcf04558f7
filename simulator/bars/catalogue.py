"""All bars."""

from . import freshness, hostile_frames, power_cuts, recovery

BARS = [*recovery.BARS, *freshness.BARS, *hostile_frames.BARS, *power_cuts.BARS]
