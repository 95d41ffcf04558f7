"""For a node on a battery: wake, scan, send, listen, sleep. Used only where the option `sleep_s` is set.

Nothing is written to flash: epoch, sequence and counters wait in RTC memory (past.py).
"""

import machine

SCAN_MS = 3000  # a device sends something new every second
MOST_AWAKE_S = 10
GRACE_S = 120  # after power came: time to plug in a computer and set something else


def sleep_if_done(node, app, scanned_ms: int) -> None:
    """Sleep until the next wake is due, if this one has done what it was for."""
    awake_s = app.uptime.seconds()
    if not app.woke and awake_s < GRACE_S:
        return
    done = scanned_ms >= SCAN_MS and node.is_settled()
    if not done and awake_s < MOST_AWAKE_S:
        return
    sleep_s = max(1, app.options["sleep_s"] - awake_s)
    node.put_by(sleep_s)
    machine.deepsleep(sleep_s * 1000)
