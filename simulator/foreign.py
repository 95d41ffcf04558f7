"""What else is in the air: other makers, broken AD structures, Victron's own other frames."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

_PERIOD_US = 330_000

# Each is something a scanner has to survive and to ignore.
ADVERTISEMENTS = tuple(
    bytes.fromhex(text)
    for text in (
        "02011A0BFF4C0010063B1E9A8C1F2A",  # Apple
        "02010603039FFE17169FFE02000000000000000000000000000000000000",  # service data, no maker
        "0201061BFFE10201BC1898A598B9F901040000F884FA25C3B26AFDD0065625",  # VE.Smart networking
        "0201061FFFE1021002",  # Victron, but cut: the length points past the end
        "020106FF",  # cut right after a length
        "0201060000000000",  # lengths of zero
        "05FFE1021002",  # too short for an Instant Readout
        "",
    )
)


class ForeignSource:
    """Sends one after the other, each from an address of its own."""

    def __init__(self, period_us: int = _PERIOD_US) -> None:
        self._period_us = period_us
        self._number = 0
        self._world: World | None = None

    def start(self, world: World) -> None:
        """Begin."""
        self._world = world
        world.timeline.after(self._period_us, self._next)

    def stop(self) -> None:
        """End."""
        self._world = None

    def _next(self) -> None:
        world = self._world
        if world is None:
            return
        index = self._number % len(ADVERTISEMENTS)
        self._number += 1
        world.advertise(bytes.fromhex("C0FFEE0000") + bytes([index]), ADVERTISEMENTS[index], -80)
        world.timeline.after(self._period_us, self._next)
