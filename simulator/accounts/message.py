"""One message of a Victron device, and its copies in sensor nodes."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import fates

if TYPE_CHECKING:
    from .carrying import Frame
    from .scanning import SensorLife


@dataclass(slots=True, eq=False)
class Message:
    """A nonce that was on the air, about a second long."""

    mac: bytes
    nonce: int
    time_us: int
    unheard: str = fates.UNHEARD[0]
    copies: list[Copy] = field(default_factory=list)
    shown: bool = False

    @property
    def identity(self) -> tuple[bytes, int]:
        """Return what the protocol calls it."""
        return self.mac, self.nonce

    def missed(self, obstacle: str) -> None:
        """Note why a board did not get one of its repeats."""
        if fates.rank(obstacle) > fates.rank(self.unheard):
            self.unheard = obstacle

    @property
    def fate(self) -> str:
        """Return what became of it, up to now."""
        if self.shown:
            return fates.SHOWN
        return max((copy.fate for copy in self.copies), key=fates.rank, default=self.unheard)


@dataclass(slots=True, eq=False)
class Copy:
    """What one life of a sensor node made of a message."""

    message: Message
    life: SensorLife
    outcome: str = ""  # of a reading in an accepted or refused frame, the furthest
    handled: bool = False  # by the program, not only by the controller
    overwritten: bool = False
    refused: str = ""  # by the scanner
    frames: list[Frame] = field(default_factory=list)

    def reached(self, fate: str) -> None:
        """Note how far it came at the display node."""
        if not self.outcome or fates.rank(fate) > fates.rank(self.outcome):
            self.outcome = fate

    @property
    def sent(self) -> bool:
        """Tell whether it was in a frame that the sensor node need not send again."""
        return any(frame.acknowledged for frame in self.frames)

    @property
    def fate(self) -> str:
        """Return what became of it, up to now."""
        if self.outcome:
            return self.outcome
        if any(frame.under_way for frame in self.frames):
            return fates.PENDING
        if self.sent:
            return max((frame.fate for frame in self.frames), key=fates.rank)
        if self.refused:
            return self.refused
        if self.overwritten:
            return fates.REPLACED
        return fates.SENSOR_RESTARTED if self.life.over else fates.PENDING
