"""Readable lines about what the node does. A fault that repeats must not drown the readings."""

import sys

from node.allowance import Allowance
from node.log_ring import LogRing
from node.uptime import Uptime
from protocol.serial_payloads import encode_log

BURST = 12
REFILL_MS = 1000


class Log:
    """Lines of kind `log`, at most one a second on the long run; a ring keeps them, with tracebacks."""

    def __init__(self, port, uptime=None) -> None:
        self._port = port
        self._uptime = uptime or Uptime()
        self._allowance = Allowance(BURST, REFILL_MS)
        self._left_out = 0
        self._last_fault = ""
        self._again = 0
        self.ring = LogRing()

    def info(self, text: str) -> None:
        """Tell what happens as it should."""
        self._write("info", text)

    def warning(self, text: str) -> None:
        """Tell what somebody may want to look at."""
        self._write("warning", text)

    def fault(self, where: str, error: BaseException) -> None:
        """Tell an exception with its text; the ring takes its traceback, once."""
        text = f"{where}: {type(error).__name__}: {error}"
        if text == self._last_fault:
            self._again += 1
            self._say("error", text)
            return
        self._write("error", text)
        self._last_fault = text
        sys.print_exception(error, self.ring)

    def _write(self, level: str, text: str) -> None:
        ring = self.ring
        if self._again:
            ring.write(b"the last fault %d times more\n" % self._again)
            self._again = 0
        self._last_fault = ""
        ring.write(b"[%d] %s %s\n" % (self._uptime.seconds(), level.encode(), text.encode()))
        self._say(level, text)

    def _say(self, level: str, text: str) -> None:
        if not self._allowance.take():
            self._left_out += 1
            return
        if self._left_out:
            text = f"{text} ({self._left_out} lines left out before)"
            self._left_out = 0
        self._port.send("log", encode_log(level, text))
