"""The answer to the command `log`: a part of the ring that fits into one line."""

from node.config import BadSetting
from protocol.serial_payloads import encode_json

ROOM = 420  # characters of JSON for the text
MOST = 400


def page(ring, args: dict) -> dict:
    """Return the text from `from` on; the next page starts at `next`, the log ends at `end`."""
    start = args.get("from", 0)
    if not isinstance(start, int) or isinstance(start, bool) or start < 0:
        raise BadSetting("from")
    most = MOST
    while True:
        start, text = ring.read_from(start, most)
        if len(encode_json({"text": text})) <= ROOM:
            return {"from": start, "text": text, "next": start + len(text), "end": ring.end}
        most = most * 3 // 4
