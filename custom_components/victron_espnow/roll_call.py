"""After a hello the display node names every alarm that stands: what it leaves out is over."""

from collections.abc import Callable, Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .alarms import Alarms
from .const import ALARMS_SETTLE_S


class RollCall:
    """Waits until all alarms are named, by a health line that counts them or for some seconds."""

    def __init__(
        self,
        hass: HomeAssistant,
        alarms_of_all: Callable[[], Iterable[Alarms]],
        judges_alarms: Callable[[], bool],
    ) -> None:
        """Wait for nothing; `judges_alarms` tells whether this firmware names alarms at all."""
        self._hass = hass
        self._alarms_of_all = alarms_of_all
        self._judges_alarms = judges_alarms
        self._cancel: Callable[[], None] | None = None

    @property
    def is_under_way(self) -> bool:
        """Return whether alarms may still be named."""
        return self._cancel is not None

    @callback
    def begin(self) -> None:
        """A hello: have every alarm named again."""
        self.expect()
        self.stop()
        self._cancel = async_call_later(self._hass, ALARMS_SETTLE_S, self.settle)

    @callback
    def expect(self) -> None:
        """Take every alarm that stands for one that has to be named again."""
        for alarms in self._alarms_of_all():
            alarms.expect()

    @callback
    def settle(self, _now: object = None) -> None:
        """Whatever stands was named by now."""
        self._cancel = None
        if self._judges_alarms():
            for alarms in self._alarms_of_all():
                alarms.settle()

    @callback
    def stop(self) -> None:
        """Wait no longer."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
