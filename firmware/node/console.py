"""Commands from the host: a table of names and handlers, an id and an answer for each."""

from node.borrowed import Borrowed, seldom
from node.tally import Tally
from protocol.errors import ProtocolError


class UnknownCommand(ProtocolError):
    """No handler of that name; a newer host may ask more than this node knows."""

    reason = "unknown_command"


def _unknown(_name: str, _args: dict) -> None:
    raise UnknownCommand


class Console:
    """Takes raw lines, answers every command that can be told from noise."""

    def __init__(self, port, log, seldom=_unknown, after_seldom=None) -> None:
        self.port = port
        self.log = log
        self._commands = {}
        self.seldom = seldom  # a function (name, args) for names that are not in the table
        self.after_seldom = after_seldom
        self.heard = None  # ticks_ms() when the host last told the time (node/commands.py)
        self.refused = Tally()

    def add(self, name: str, handler, afterwards=None) -> None:
        """Let `handler(args) -> dict | None` answer a command; `afterwards()` runs after the ack."""
        self._commands[name] = (handler, afterwards)

    def take(self, raw: bytes) -> None:
        """Handle one raw line; noise does not bring the module that understands lines."""
        if b"#" not in raw:
            self.refused.add("not_ours")
            return
        with Borrowed("node.listening") as listening:
            listening.take(self, raw)

    @seldom
    def find(self, name: str) -> tuple:
        """Return a command's handler, and what follows its ack."""
        if name in self._commands:
            return self._commands[name]
        return lambda args: self.seldom(name, args), self.after_seldom
