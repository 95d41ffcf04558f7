"""What sensor nodes are to do: kept until a node has confirmed it, over restarts of either side.

An order travels behind a receipt, so its freshness hangs on the node's own random number (protocol.md 2.6).
"""

import binascii
import os

from node import json_file
from node.borrowed import seldom
from node.mac_text import plain, readable
from protocol.errors import ProtocolError
from protocol.serial_payloads import encode_json

PATH = "orders.json"
MOST_WAITING = 4  # for one node
MOST_TEXT = 200  # bytes: what a receipt has room for
NUMBER_BYTES = 4


class OrderError(ProtocolError):
    """An order that is not taken; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Orders:
    """A short queue for each sensor node."""

    def __init__(self, nodes, log, path: str = PATH) -> None:
        self._nodes = nodes
        self._log = log
        self._path = path
        self._waiting = {}  # MAC as text -> [[number, text], ...]
        content, problem = json_file.load(path)
        for mac, waiting in content.items():
            if not _is_queue(waiting):
                problem = "bad_orders"
                continue
            self._waiting[mac] = waiting
        if problem:
            log.warning(f"orders.json: {problem}, orders are dropped")

    @seldom
    def command(self, args: dict) -> dict:
        """Take an order for a sensor node; with nothing but its address, tell what is waiting."""
        mac = _mac(args.pop("mac", None))
        waiting = self._waiting.get(plain(mac), [])
        if args.pop("drop", False):
            self._replace(plain(mac), [])
            return {"dropped": len(waiting)}
        if not args:
            found = {"pending": len(waiting)}
            if waiting:
                found["next"] = waiting[0][1]
            return found
        if mac not in self._nodes.nodes:
            raise OrderError("unknown_node")
        text = encode_json(args)
        if len(text) > MOST_TEXT:
            raise OrderError("order_too_long")
        if len(waiting) >= MOST_WAITING:
            raise OrderError("too_many_orders")
        number = int.from_bytes(os.urandom(NUMBER_BYTES), "little") or 1
        self._replace(plain(mac), waiting + [[number, text]])
        return {"pending": len(waiting) + 1}

    def waiting(self, mac: bytes) -> int:
        """Return how many orders a node has not confirmed."""
        return len(self._waiting.get(plain(mac), ()))

    def next(self, mac: bytes):
        """Return (number, text) of what a node is to do now, or None."""
        if not self._waiting:
            return None
        waiting = self._waiting.get(plain(mac))
        return waiting and (waiting[0][0], waiting[0][1].encode())

    @seldom
    def confirm(self, mac: bytes, number: int, result: str) -> None:
        """A node has told what it did last; the order it belongs to is done with."""
        waiting = self._waiting.get(plain(mac))
        if not waiting or waiting[0][0] != number:
            return
        text = waiting[0][1]
        self._replace(plain(mac), waiting[1:])
        if result:
            self._log.warning(f"sensor node {readable(mac)} refused {text}: {result}")
        else:
            self._log.info(f"sensor node {readable(mac)} did {text}")

    @seldom
    def _replace(self, mac: str, waiting: list) -> None:
        """Store first: what was acknowledged to the host survives a power cut."""
        changed = dict(self._waiting)
        changed[mac] = waiting
        if not waiting:
            del changed[mac]
        json_file.save(self._path, changed)
        self._waiting = changed


@seldom
def _mac(text) -> bytes:
    try:
        mac = binascii.unhexlify(text)
    except (TypeError, ValueError):
        mac = b""
    if len(mac) != 6:
        raise OrderError("bad_mac")
    return mac


def _is_queue(waiting: object) -> bool:
    """Tell whether this part of the file is what was written."""
    if not isinstance(waiting, list) or len(waiting) > MOST_WAITING:
        return False
    for one in waiting:
        if not isinstance(one, list) or len(one) != 2:
            return False
        number, text = one
        if not isinstance(number, int) or not isinstance(text, str) or len(text) > MOST_TEXT:
            return False
    return True
