"""What a receiver remembers of one sender, so that a recorded frame does not pass twice."""

from .errors import ProtocolError

# One write in flash a few thousand frames; at one frame a second about twenty a day.
STRIDE = 4096
_MAX32 = 0xFFFFFFFF


class Replayed(ProtocolError):
    """Not above what this sender has sent before."""

    reason = "replayed"


class Repeated(ProtocolError):
    """The newest frame once more: the radio repeats what it missed the acknowledgement of."""

    reason = "repeated"


class ReplayWindow:
    """Accept each (epoch, sequence) of one sender once, in rising order, over restarts too.

    A ceiling ahead of the sender is stored, not every number: after a restart nothing at or
    below it passes, whether it was used or not. Use it in this order, so that a power cut
    between two steps loses a frame but never lets one pass twice:

        window.accept(epoch, sequence)
        if window.to_store: write it, then window.stored(*window.to_store)
        use the frame
    """

    def __init__(self, epoch: int = 0, ceiling: int = 0) -> None:
        self._newest = (epoch, ceiling)
        self._stored = (epoch, ceiling)
        self._heard = False

    def accept(self, epoch: int, sequence: int) -> None:
        """Take the pair if it is above everything before; raise Repeated or Replayed if not."""
        candidate = (epoch, sequence)
        # After a restart the newest is a ceiling, not a frame that was heard.
        if self._heard and candidate == self._newest:
            raise Repeated
        if candidate <= self._newest:
            raise Replayed
        self._newest = candidate
        self._heard = True

    @property
    def to_store(self) -> "tuple[int, int] | None":
        """The (epoch, ceiling) to write before the accepted frame is used; None if none is due."""
        if self._newest <= self._stored:
            return None
        epoch, sequence = self._newest
        return epoch, min(sequence + STRIDE, _MAX32)

    def stored(self, epoch: int, ceiling: int) -> None:
        """Note that the pair has reached flash; until then to_store keeps asking."""
        self._stored = (epoch, ceiling)

    @property
    def floor(self) -> "tuple[int, int]":
        """What the sender must send above; goes into an answer so that it can jump over it."""
        return self._newest
