"""How long ago something was. Milliseconds start again every 12 days, so an age says half of that at most."""

import time

LONG_MS = 0x1FFF_FFFF  # about 6 days: as long ago as can be told


def age_ms(since: int, now: int) -> int:
    """Return the milliseconds since a moment; a wrapped difference is old, never fresh."""
    age = time.ticks_diff(now, since)
    return age if age >= 0 else LONG_MS
