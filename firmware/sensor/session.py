"""This node's side of the radio conversation: its numbers, its key, and the display node it knows."""

from node.borrowed import seldom
from node.tally import Tally
from protocol import radio_frame
from protocol.errors import ProtocolError
from protocol.replay import STRIDE

HIGHEST_SEQUENCE = 0xFFFFFFFF


class Session:
    """Seals what goes up and opens what comes down."""

    def __init__(self, config, epoch, link, counters, sequence: int = 0) -> None:
        self._config = config
        self._epoch = epoch
        self._counters = counters  # a function: (seen, replaced, sent, dropped)
        self._mac = link.mac
        self._sequence = sequence
        self.body = bytearray(radio_frame.MAX_FRAME)
        self.refused = Tally()

    @property
    def sequence(self) -> int:
        """Return the number of the newest frame."""
        return self._sequence

    def seal(self, body_length: int, kind: int, destination: bytes) -> memoryview:
        """Close the frame whose body was written to `body`; a readings frame takes a new number.

        A query keeps the old one: the display node counts missing numbers as lost frames, and most
        queries are sent on channels where nobody listens.
        """
        if kind != radio_frame.QUERY:
            self._next_number()
        flags = radio_frame.BROADCAST_FLAG if destination == radio_frame.BROADCAST else 0
        length = radio_frame.seal(
            self.body,
            body_length,
            kind,
            flags,
            self._config.site_tag,
            self._epoch.value,
            self._sequence,
            self._counters(),
            self._config.key,
            self._mac,
            destination,
        )
        return memoryview(self.body)[:length]

    def open(self, mac: bytes, frame):
        """Return a genuine frame from a display node, None for anything else."""
        try:
            return radio_frame.open_frame(
                frame, mac, self._mac, self._config.site_tag, self._key_of, True
            )
        except ProtocolError as error:
            self.refused.add(error.reason)
            return None

    @seldom
    def jump_above(self, epoch: int, sequence: int) -> None:
        """Go on above what the display node has on record for us."""
        if epoch < self._epoch.value:
            return
        if epoch == self._epoch.value and sequence < HIGHEST_SEQUENCE:
            self._sequence = max(self._sequence, sequence)
            return
        self._epoch.raise_above(epoch)
        self._sequence = 0

    def leap(self) -> None:
        """Get above any ceiling that a restarted display node may have, when none can tell us its floor."""
        self._next_number(STRIDE)

    def _next_number(self, step: int = 1) -> None:
        if self._sequence > HIGHEST_SEQUENCE - step:
            self._epoch.raise_above(0)
            self._sequence = 0
        self._sequence += step

    def _key_of(self, _mac: bytes) -> bytes:
        """Return our own key: whoever signs with it is the display node."""
        return self._config.key
