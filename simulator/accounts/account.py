"""The account of a world: follows every message from the air to the host, and compares at the end."""

import functools
from collections import Counter
from typing import Any

from .. import protocol_route
from ..air import BROADCAST, Outcome, Transmission
from ..node import Node
from ..provision import site_key_of
from ..radio import DELIVERED
from ..standins._operations import DEEP_SLEEP
from ..world import NOT_SCANNING, World
from . import fates
from .carrying import Frame
from .comparing import compare, judge_header
from .message import Message
from .receiving import DisplayLife
from .scanning import NOTHING, SensorLife

_SETTLED_US = 300_000_000  # what is older changes no more, except pending and unshown ones
_FOLD_EVERY = 5000  # messages: a day of twenty devices must fit into memory
_HANDLER_OFF = "BLE IRQ handler disabled"


class Account:
    """Watches from the beginning; `display` is the board at the hub."""

    def __init__(self, world: World, display: Node, site_key: bytes | None = None) -> None:
        self.display = display
        self.complaints: list[str] = []
        self.sent: Counter[bytes] = Counter()  # messages, by device
        self.hostile = 0  # frames accepted that no board has sent
        self._world = world
        self._site_key = site_key or site_key_of(world)
        self.allowed: dict[str, set[bytes]] = {}  # by sensor node, where not every device is
        self._open: list[Message] = []
        self._settled: dict[bytes, Counter[str]] = {}
        self._current: dict[bytes, Message] = {}
        self._latest: dict[tuple[bytes, int], Message] = {}
        self._shown_last: dict[bytes, tuple[bytes, int]] = {}
        self._sensors: dict[str, SensorLife] = {}
        self._displays: dict[str, DisplayLife] = {}
        self._frames: dict[bytes, Frame] = {}  # by message
        self._transmissions: dict[tuple[int, bytes], Frame] = {}
        world.witnesses.append(self)
        world.air.sniff(self._sniff)
        world.air.watch(self._end)
        world.air.acknowledgements(self._acknowledge)
        world.observe(self._notice)
        display.on_line(self._line)

    # Bluetooth

    def advertised(self, address: bytes, data: bytes) -> None:
        """See an advertisement on the air: a new nonce is a new message."""
        nonce = _nonce(data)
        if nonce is None:
            return
        now = self._current.get(address)
        if now is not None and now.nonce == nonce:
            return
        message = Message(address, nonce, self._world.timeline.now_us)
        self._current[address] = self._latest[message.identity] = message
        self.sent[address] += 1
        self._open.append(message)
        if self.sent.total() % _FOLD_EVERY == 0:
            self._fold()

    def reached(self, node: Node, address: bytes, data: bytes, obstacle: str) -> None:
        """See whether a sensor node's controller has it."""
        if _nonce(data) is None or _is_display(node):
            return
        message = self._current[address]
        if not obstacle:
            self._sensor(node).controller_took(message)
            return
        started = node.running and self._sensor(node).has_scanned
        message.missed("board_off" if obstacle == NOT_SCANNING and not started else obstacle)

    def handled(self, node: Node, address: bytes, data: bytes, time_us: int) -> None:
        """See it handed to a program."""
        if _nonce(data) is not None and not _is_display(node):
            self._sensor(node).handle(time_us)

    def _notice(self, entry: dict[str, object]) -> None:
        """Take from the trace what happened to a board's scan."""
        if entry["event"] not in ("scan", "log"):
            return
        node = self._node(entry["node"])
        if entry["event"] == "scan" and entry["on"]:
            self._sensor(node).has_scanned = True
        elif _HANDLER_OFF in str(entry.get("text")):
            self._sensor(node).handler_gone = True

    # frames

    def _sniff(self, sent: Transmission) -> None:
        """See a board send: readings are copies that left."""
        node = self._node(sent.sender)
        if node is self.display:
            self._answered(sent)
        if node is None or _is_display(node):
            return
        frame = self._frames.get(sent.message) or self._sealed(node, sent)
        if frame is None:
            return
        if sent.destination == BROADCAST:
            frame.send_to_nobody_in_particular(sent.time_us)
        else:
            frame.send_again(sent.time_us)
        self._transmissions[sent.time_us, sent.source] = frame

    def _answered(self, sent: Transmission) -> None:
        """See how many frames of a sensor node the display node has used."""
        opened = self._opened(sent.message, sent.source, sent.destination, down=True)
        if not isinstance(opened, str):
            life, mac = self._display(), sent.destination
            life.unused[mac] = life.frames[mac] - opened.counters[0]

    def _sealed(self, node: Node, sent: Transmission) -> Frame | None:
        """Open a frame as its receiver would; None for one without readings."""
        radio, bodies = protocol_route.module("radio_frame"), protocol_route.module("radio_bodies")
        opened = self._opened(sent.message, sent.source, sent.destination)
        if isinstance(opened, str):
            self.complain(f"{node.name} sent a frame that is refused: {opened}")
            return None
        life = self._sensor(node)
        if opened.kind != radio.READINGS:
            return None
        copies = []
        for mac, _, _, md in bodies.readings(opened.body):
            copy = life.copies.get((bytes(mac), _nonce_of(md)))
            if copy is None or not copy.handled:
                self.complain(f"{node.name} sent {mac.hex(':')} {_nonce_of(md)}, never heard")
                continue
            copies.append(copy)
        challenge = bodies.challenge_of(opened.body)
        frame = Frame(life, opened.epoch, opened.sequence, challenge, copies)
        for copy in copies:
            copy.frames.append(frame)
        self._frames[sent.message] = frame
        for objection in judge_header(life, opened.counters, len(copies)):
            self.complain(objection)
        return frame

    def _acknowledge(self, sent: Transmission, acknowledged: bool) -> None:
        frame = self._transmissions.get((sent.time_us, sent.source))
        if acknowledged and frame is not None:
            frame.acknowledge()

    def _end(self, outcome: Outcome) -> None:
        """See a transmission end at a receiver."""
        sent = outcome.frame
        frame = self._transmissions.get((sent.time_us, sent.source))
        at_hub = outcome.receiver == self.display.name
        delivered = outcome.fate == DELIVERED
        if frame is not None and (at_hub or sent.destination != BROADCAST):
            frame.ended("elsewhere" if delivered and not at_hub else outcome.fate)
        if delivered and at_hub:
            self._received(sent, frame)
        elif delivered:
            self._downwards(outcome)

    def _received(self, sent: Transmission, frame: Frame | None) -> None:
        """Judge what the display node's program has read."""
        life = self._display()
        radio, bodies = protocol_route.module("radio_frame"), protocol_route.module("radio_bodies")
        frame = frame or self._frames.get(sent.message)
        opened = self._opened(sent.message, sent.source, self.display.mac)
        if isinstance(opened, str):
            self._refuse(life, frame, opened)
            return
        if opened.kind == radio.QUERY:
            return
        refusal = life.judge_frame(sent.source, (opened.epoch, opened.sequence))
        if refusal:
            self._refuse(life, frame, refusal)
            return
        self.hostile += self._node(sent.sender) is None
        if opened.kind != radio.READINGS:
            return
        now = self._world.timeline.now_us
        copies = {copy.message.identity: copy for copy in frame.copies} if frame else {}
        readings = bodies.readings(opened.body)
        life.most_readings = max(life.most_readings, len(readings))
        for mac, _, age_ms, md in readings:
            mac, nonce = bytes(mac), _nonce_of(md)
            copy = copies.get((mac, nonce))
            fate = life.judge_reading(mac, nonce, now - age_ms * 1000, copy)
            if copy is not None:
                copy.reached(fate)

    def _refuse(self, life: DisplayLife, frame: Frame | None, reason: str) -> None:
        life.refused[reason] += 1
        for copy in frame.copies if frame is not None else ():
            copy.reached(fates.REFUSED + reason)

    def _downwards(self, outcome: Outcome) -> None:
        """A receipt is an acknowledgement too, for a sensor node that hears it in time."""
        radio, bodies = protocol_route.module("radio_frame"), protocol_route.module("radio_bodies")
        life = self._sensors.get(outcome.receiver)
        if life is None:
            return
        sent = outcome.frame
        opened = self._opened(sent.message, sent.source, life.node.mac, down=True)
        if isinstance(opened, str) or opened.kind != radio.RECEIPT:
            return
        challenge = bodies.unpack_receipt(opened.body)[0]
        for frame in self._frames.values():
            if frame.life is life and frame.challenge == challenge:
                frame.acknowledge()

    def _opened(self, message: bytes, source: bytes, destination: bytes, down: bool = False) -> Any:
        """Return the opened frame, or the reason against it."""
        radio = protocol_route.module("radio_frame")
        keys, errors = protocol_route.module("authentication"), protocol_route.module("errors")
        sensor = destination if down else source  # whose key signs both ways
        try:
            return radio.open_frame(
                message, source, destination, keys.site_tag(self._site_key),
                lambda mac: keys.node_key(self._site_key, sensor), down,
            )  # fmt: skip
        except errors.ProtocolError as error:
            return error.reason

    # the host

    def _line(self, line: Any) -> None:
        """See a whole line arrive, as a host does."""
        life = self._display()
        if line.kind == "adv":
            mac, _, _, _, md = protocol_route.module("serial_payloads").parse_advert(line.payload)
            self._shown(life, (bytes(mac), _nonce_of(md)))
        elif line.kind == "ack":
            life.lines_before_ack = life.lines
        life.lines += 1

    def _shown(self, life: DisplayLife, identity: tuple[bytes, int]) -> None:
        message = self._latest.get(identity)
        if message is None and self._shown_last.get(identity[0]) != identity:
            mac, nonce = identity
            self.complain(f"the host was shown {mac.hex(':')} {nonce}, which was never on the air")
            return
        self._shown_last[identity[0]] = identity
        if message is not None:
            message.shown = True
        if identity in life.awaited:
            life.first_lines += 1
            copy = life.awaited.pop(identity)
            if copy is not None:
                copy.reached(fates.SHOWN)

    # results

    @property
    def fates(self) -> dict[bytes, Counter[str]]:
        """Return what became of the messages of each device."""
        found = {mac: Counter(self._settled.get(mac, ())) for mac in self.sent}
        for message in self._open:
            found[message.mac][message.fate] += 1
        return found

    @property
    def total(self) -> Counter[str]:
        """Return what became of all messages."""
        return sum(self.fates.values(), Counter())

    async def close(self) -> list[str]:
        """Compare with the boards' own counters, once nothing moves any more; return what is wrong."""
        for mac, counted in self.fates.items():
            if counted.total() != self.sent[mac]:
                self.complain(f"{mac.hex(':')}: {self.sent[mac]} sent, {counted.total()} accounted")
        for life in (*self._sensors.values(), self._display()):
            if life.node.running and not life.over:
                # signs of life never rest: one that came in between is no miscount, which stays
                for objection in await compare(life) and await compare(life):
                    self.complain(objection)
        return self.complaints

    def complain(self, text: str) -> None:
        """Note something that does not add up."""
        self.complaints.append(text)
        self._world.tell("account", complaint=text)

    def of(self, mac: bytes) -> dict[str, int]:
        """Return what became of a device's messages, the furthest first."""
        counted = self.fates.get(mac, {})
        return dict(sorted(counted.items(), key=lambda one: -fates.rank(one[0])))

    # what is needed all over

    def _node(self, name: object) -> Node | None:
        return next((node for node in self._world.nodes if node.name == name), None)

    def _sensor(self, node: Node) -> SensorLife:
        life = self._sensors.get(node.name)
        if life is None or life.number != node.life:
            past = life.totals if life is not None and node.cause == DEEP_SLEEP else NOTHING
            life = SensorLife(node, node.life, self.allowed, past)
            self._sensors[node.name] = life
        return life

    def _display(self) -> DisplayLife:
        node = self.display
        life = self._displays.get(node.name)
        if life is None or life.number != node.life:
            life = self._displays[node.name] = DisplayLife(node, node.life)
        return life

    def _fold(self) -> None:
        """Turn what can change no more into numbers."""
        limit = self._world.timeline.now_us - _SETTLED_US
        still_open = []
        for message in self._open:
            fate = message.fate
            if message.time_us > limit or fate in (fates.PENDING, fates.NO_LINE):
                still_open.append(message)
                continue
            self._settled.setdefault(message.mac, Counter())[fate] += 1
            if self._latest.get(message.identity) is message:
                del self._latest[message.identity]
            for copy in message.copies:
                if copy.life.copies.get(message.identity) is copy:
                    del copy.life.copies[message.identity]
        self._open = still_open
        self._frames = {
            raw: frame for raw, frame in self._frames.items()
            if frame.newest_us > limit or frame.under_way
        }  # fmt: skip
        self._transmissions = {
            place: frame for place, frame in self._transmissions.items()
            if place[0] > limit or frame.under_way
        }  # fmt: skip


@functools.lru_cache(maxsize=4096)
def _nonce(data: bytes) -> int | None:
    """Return the nonce of an Instant Readout advertisement; None for anything else."""
    protocol = protocol_route.module("advertisement")
    found = protocol.find(data)
    md = data[found >> 8 : (found >> 8) + (found & 0xFF)]
    if not protocol.accepts(md) or len(md) > protocol.MAX_LENGTH:
        return None
    return _nonce_of(md)


def _is_display(node: Node) -> bool:
    """Tell by its role: a panel comes and goes."""
    return node.role == "display"


def _nonce_of(md: bytes) -> int:
    return int.from_bytes(md[5:7], "little")
