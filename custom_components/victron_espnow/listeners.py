"""Who wants to hear of something, as devices, boards and alarms keep them."""

from collections.abc import Callable

from homeassistant.core import callback

type Listener[*Ts] = Callable[[*Ts], None]


class Listeners[*Ts]:
    """Some callbacks; one that is told may take itself off."""

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        """Begin with nobody."""
        self._listeners: list[Listener[*Ts]] = []

    @callback
    def add(self, listener: Listener[*Ts]) -> Callable[[], None]:
        """Tell the listener from now on, until what is returned is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def tell(self, *what: *Ts) -> None:
        """Tell everybody."""
        for listener in tuple(self._listeners):
            listener(*what)
