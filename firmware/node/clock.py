"""The wall clock, set by the host; nothing that must be right depends on it."""

import time

import machine

from node.config import BadSetting

EARLIEST = 1_704_067_200  # 2024: anything before is no clock
LATEST = 0x7FFFFFFF
FARTHEST_S = 50_400  # 14 hours: Kiribati


def set_time(args: dict) -> None:
    """Take seconds since 1970 in UTC, and by how much clocks on the wall are ahead: it is theirs we show."""
    unix = args.get("unix")
    ahead = args.get("offset_s", 0)
    if not isinstance(unix, int) or not EARLIEST <= unix <= LATEST:
        raise BadSetting("unix")
    if not isinstance(ahead, int) or not -FARTHEST_S <= ahead <= FARTHEST_S:
        raise BadSetting("offset_s")
    # MicroPython's own epoch is 2000 on the chip and 1970 on the unix port: ask, do not assume.
    first_year = time.gmtime(0)[0]
    since = unix + ahead - (946_684_800 if first_year == 2000 else 0)
    year, month, day, hour, minute, second, weekday = time.gmtime(since)[:7]
    machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))
