"""All bars."""

from . import freshness, heap, hostile_frames, power_cuts, recovery, soak

_ROOMS = (recovery, freshness, hostile_frames, power_cuts, heap, soak)
BARS = [bar for room in _ROOMS for bar in room.BARS]
