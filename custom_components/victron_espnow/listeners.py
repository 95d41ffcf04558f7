"""Who wants to hear of something, as devices, boards and alarms keep them."""

from collections.abc import Callable

from homeassistant.core import callback

type Listener[*Ts] = Callable[[*Ts], None]


class Listeners[*Ts]:
    """Some callbacks; one that is told may take itself off."""

    __slots__ = ("listeners",)

    def __init__(self) -> None:
        """Begin with nobody."""
        self.listeners: tuple[Listener[*Ts], ...] = ()

    @callback
    def add(self, listener: Listener[*Ts]) -> Callable[[], None]:
        """Tell the listener from now on, until what is returned is called."""
        self.listeners = (*self.listeners, listener)
        return lambda: self._remove(listener)

    def _remove(self, listener: Listener[*Ts]) -> None:
        left = list(self.listeners)
        left.remove(listener)
        self.listeners = tuple(left)

    @callback
    def tell(self, *what: *Ts) -> None:
        """Tell everybody."""
        for listener in self.listeners:
            listener(*what)
