"""Frames with readings: which copies each holds, whether it must go again, and where it ended."""

from dataclasses import dataclass, field

from ..air import NOBODY
from ..radio import DELIVERED
from . import fates
from .message import Copy
from .scanning import SensorLife


@dataclass(eq=False)
class Frame:
    """One sealed frame, however often it was sent."""

    life: SensorLife
    epoch: int
    sequence: int
    challenge: bytes | None
    copies: list[Copy]
    acknowledged: bool = False
    open: int = 0  # transmissions that have not ended yet
    newest_us: int = 0
    ends: set[str] = field(default_factory=set)

    @property
    def under_way(self) -> bool:
        """Tell whether it is on the air, or in the receive ring."""
        return self.open > 0

    @property
    def fate(self) -> str:
        """Return where it ended, for a frame that no program had."""
        return max(self.ends - {fates.AIR + DELIVERED}, key=fates.rank, default=fates.PENDING)

    def send_again(self, time_us: int) -> None:
        """Note one more transmission."""
        self.open += 1
        self.newest_us = time_us

    def send_to_nobody_in_particular(self, time_us: int) -> None:
        """Note a broadcast: nobody acknowledges it, so its sender does not wait for that."""
        self.newest_us = time_us
        self.ends.add(fates.AIR + NOBODY)
        self.acknowledge()

    def ended(self, fate: str) -> None:
        """Note the end of one transmission."""
        self.open = max(0, self.open - 1)
        self.ends.add(fates.AIR + fate)

    def acknowledge(self) -> None:
        """Note that the sensor node takes it for received."""
        if self.acknowledged:
            return
        self.life.replaced -= sum(copy.overwritten and not copy.sent for copy in self.copies)
        self.acknowledged = True
        self.life.sent += len(self.copies)
