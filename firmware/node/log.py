"""Readable lines about what the node does. A fault that repeats must not drown the readings."""

from node.allowance import Allowance
from protocol.serial_payloads import encode_log

BURST = 12
REFILL_MS = 1000


class Log:
    """Lines of kind `log`, at most one a second on the long run."""

    def __init__(self, port) -> None:
        self._port = port
        self._allowance = Allowance(BURST, REFILL_MS)
        self._left_out = 0

    def info(self, text: str) -> None:
        """Tell what happens as it should."""
        self._write("info", text)

    def warning(self, text: str) -> None:
        """Tell what somebody may want to look at."""
        self._write("warning", text)

    def fault(self, where: str, error: BaseException) -> None:
        """Tell an exception with its text."""
        self._write("error", f"{where}: {type(error).__name__}: {error}")

    def _write(self, level: str, text: str) -> None:
        if not self._allowance.take():
            self._left_out += 1
            return
        if self._left_out:
            text = f"{text} ({self._left_out} lines left out before)"
            self._left_out = 0
        self._port.send("log", encode_log(level, text))
