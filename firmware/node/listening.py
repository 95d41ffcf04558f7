"""Understand a line of the host's and answer it; borrowed for the moment: hours pass between two commands."""

from protocol import serial_framing
from protocol.errors import ProtocolError
from protocol.serial_payloads import encode_ack, parse_command

LINE_FEEDS = 2


class Internal(ProtocolError):
    """A handler failed in a way nobody foresaw; the log line beside it says how."""

    reason = "internal"


def take(console, raw: bytes) -> None:
    """Handle one raw line."""
    try:
        line = serial_framing.parse(raw)
        if line.kind != serial_framing.COMMAND:
            console.refused.add("unknown_kind")
            return
        identity, name, args = parse_command(line.payload)
    except ProtocolError as error:
        console.refused.add(error.reason)
        return
    # It arrived whole by luck: a node's input ring is not much larger.
    _answer(console, identity, name, args, len(raw) + LINE_FEEDS > serial_framing.MAX_COMMAND)


def _answer(console, identity: int, name: str, args: dict, too_long: bool) -> None:
    """Run one command, acknowledge it, and do what has to follow the ack."""
    port = console.port
    try:
        if too_long:
            raise serial_framing.LineTooLong
        handler, afterwards = console.find(name)
        data = _run(console, name, handler, args)
    except ProtocolError as error:
        console.refused.add(error.reason)
        port.send("ack", encode_ack(identity, None, error.reason))
        return
    if not port.send("ack", encode_ack(identity, data)):
        port.send("ack", encode_ack(identity, None, "answer_not_sent"))
    if afterwards:
        afterwards()


def _run(console, name: str, handler, args: dict):
    """Call the handler; a fault in it must end neither the console nor the host's wait."""
    try:
        return handler(args)
    except ProtocolError:
        raise
    except Exception as error:
        console.log.fault("command " + name, error)
        raise Internal from error
