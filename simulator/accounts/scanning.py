"""What a sensor node's handler must make of what it hears: the nonce rule and a table of slots."""

from collections import deque
from dataclasses import dataclass, field

from ..node import Node
from . import fates
from .message import Copy, Message

SLOTS = 24  # as many devices as a sensor node's table has room for
FREE_AFTER_US = 60_000_000  # a slot this long silent goes to a new device
RESTART_US = 60_000_000  # after so long a silence every nonce is new (protocol.md, 1)
LATE_WINDOW = 60

type Totals = tuple[int, int, int, int]
NOTHING: Totals = (0, 0, 0, 0)


def verdict(newest: int, nonce: int, silent_us: int) -> str:
    """Return "new", "repeat" or "late"; the page's rule in its own words."""
    behind = (newest - nonce) % 65536
    if silent_us > RESTART_US or behind > LATE_WINDOW:
        return "new"
    return "late" if behind else "repeat"


@dataclass(slots=True)
class _Slot:
    mac: bytes
    nonce: int
    heard_us: int
    copy: Copy


@dataclass(eq=False)
class SensorLife:
    """One life of a sensor node, from boot to restart."""

    node: Node
    number: int
    allowed: dict[str, set[bytes]]
    past: Totals = NOTHING  # of the lives before, which it remembers over deep sleep
    seen: int = 0
    repeats: int = 0
    late: int = 0
    not_allowed: int = 0
    dropped: int = 0
    sent: int = 0
    replaced: int = 0
    has_scanned: bool = False
    handler_gone: bool = False
    slots: dict[bytes, _Slot] = field(default_factory=dict)
    copies: dict[tuple[bytes, int], Copy] = field(default_factory=dict)
    waiting: deque[Message] = field(default_factory=deque)  # in the controller
    batch_us: int = -1  # advertisements come to a program together
    seen_lately: deque[int] = field(default_factory=lambda: deque(maxlen=3))  # before each batch

    @property
    def over(self) -> bool:
        """Tell whether the board has restarted since, or is off."""
        return self.node.life != self.number

    @property
    def totals(self) -> Totals:
        """Return what a header counts: seen, replaced, sent, dropped, since the last start from nothing."""
        now = (self.seen, self.replaced, self.sent, self.dropped)
        seen, replaced, sent, dropped = (
            one + other for one, other in zip(self.past, now, strict=True)
        )
        return seen, replaced, sent, dropped

    def copy_of(self, message: Message) -> Copy:
        """Return this life's copy, a new one for the first repeat."""
        copy = self.copies.get(message.identity)
        if copy is None or copy.message is not message:
            copy = self.copies[message.identity] = Copy(message, self)
            message.copies.append(copy)
        return copy

    def controller_took(self, message: Message) -> None:
        """Note an advertisement that waits for the program."""
        self.copy_of(message)
        self.waiting.append(message)

    def handle(self, now_us: int) -> None:
        """Let the program's handler have the one that waited longest."""
        self._note_batch()
        message = self.waiting.popleft()
        copy = self.copy_of(message)
        if self.handler_gone:
            copy.refused = "" if copy.handled else fates.NO_HANDLER
            return
        if message.mac not in self.allowed.get(self.node.name, {message.mac}):
            self.not_allowed += 1
            copy.refused = fates.NOT_ALLOWED
            return
        slot = self.slots.get(message.mac)
        if slot is None:
            self._hear_stranger(copy, now_us)
            return
        judged = verdict(slot.nonce, message.nonce, now_us - slot.heard_us)
        if judged == "new":
            self._overwrite(slot, copy, now_us)
            return
        if judged == "repeat":
            self.repeats += 1
            slot.heard_us = now_us
        else:
            self.late += 1
        if not copy.handled:
            copy.refused = fates.LATE_AT_SENSOR

    def _note_batch(self) -> None:
        now_us = self.node.world.timeline.now_us
        if now_us != self.batch_us:
            self.batch_us = now_us
            self.seen_lately.append(self.seen)

    def _hear_stranger(self, copy: Copy, now_us: int) -> None:
        """Find a slot for a device that has none."""
        if len(self.slots) >= SLOTS:
            silent = min(self.slots.values(), key=lambda slot: slot.heard_us)
            if now_us - silent.heard_us <= FREE_AFTER_US:
                self.dropped += 1
                copy.refused = fates.TABLE_FULL
                return
            self._leave(silent.copy)
            del self.slots[silent.mac]
        message = copy.message
        self.slots[message.mac] = _Slot(message.mac, message.nonce, now_us, copy)
        self._take(copy)

    def _overwrite(self, slot: _Slot, copy: Copy, now_us: int) -> None:
        self._leave(slot.copy)
        slot.nonce, slot.heard_us, slot.copy = copy.message.nonce, now_us, copy
        self._take(copy)

    def _take(self, copy: Copy) -> None:
        self.seen += 1
        copy.handled, copy.refused = True, ""

    def _leave(self, copy: Copy) -> None:
        """Note that the slot has something newer."""
        copy.overwritten = True
        self.replaced += not copy.sent
