"""Commands from the host: a table of names and handlers, an id and an answer for each."""

from node.tally import Tally
from protocol import serial_framing
from protocol.errors import ProtocolError
from protocol.serial_payloads import encode_ack, parse_command

LINE_FEEDS = 2


class UnknownCommand(ProtocolError):
    """No handler of that name; a newer host may ask more than this node knows."""

    reason = "unknown_command"


def _unknown(_name: str, _args: dict) -> None:
    raise UnknownCommand


class Internal(ProtocolError):
    """A handler failed in a way nobody foresaw; the log line beside it says how."""

    reason = "internal"


class Console:
    """Takes raw lines, answers every command that can be told from noise."""

    def __init__(self, port, log) -> None:
        self._port = port
        self._log = log
        self._commands = {}
        self.seldom = _unknown  # a function (name, args) for names that are not in the table
        self.after_seldom = None
        self.refused = Tally()

    def add(self, name: str, handler, afterwards=None) -> None:
        """Let `handler(args) -> dict | None` answer a command; `afterwards()` runs after the ack."""
        self._commands[name] = (handler, afterwards)

    def take(self, raw: bytes) -> None:
        """Handle one raw line."""
        try:
            line = serial_framing.parse(raw)
            if line.kind != serial_framing.COMMAND:
                self.refused.add("unknown_kind")
                return
            identity, name, args = parse_command(line.payload)
        except ProtocolError as error:
            self.refused.add(error.reason)
            return
        # It arrived whole by luck: a node's input ring is not much larger.
        self._answer(identity, name, args, len(raw) + LINE_FEEDS > serial_framing.MAX_COMMAND)

    def _answer(self, identity: int, name: str, args: dict, too_long: bool) -> None:
        """Run one command, acknowledge it, and do what has to follow the ack."""
        try:
            if too_long:
                raise serial_framing.LineTooLong
            handler, afterwards = self._find(name)
            data = self._run(name, handler, args)
        except ProtocolError as error:
            self.refused.add(error.reason)
            self._port.send("ack", encode_ack(identity, None, error.reason))
            return
        if not self._port.send("ack", encode_ack(identity, data)):
            self._port.send("ack", encode_ack(identity, None, "answer_not_sent"))
        if afterwards:
            afterwards()

    def _find(self, name: str) -> tuple:
        if name in self._commands:
            return self._commands[name]
        return lambda args: self.seldom(name, args), self.after_seldom

    def _run(self, name: str, handler, args: dict):
        """Call the handler; a fault in it must end neither the console nor the host's wait."""
        try:
            return handler(args)
        except ProtocolError:
            raise
        except Exception as error:
            self._log.fault("command " + name, error)
            raise Internal from error
