"""The world's clock and everything that will happen: with the real clock, or jumping ahead."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Any

_EVENTS_PER_TURN = 200  # then the loop's other business has its turn


class Event:
    """Something that will happen; `cancel()` and it will not."""

    __slots__ = ("callback", "time_us")

    def __init__(self, time_us: int, callback: Callable[[], object]) -> None:
        self.time_us = time_us
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        """Let it not happen."""
        self.callback = None


class Timeline:
    """Events in order; a subclass decides when the time has come."""

    real: bool

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._events: list[tuple[int, int, Event]] = []  # by time, then by who asked first
        self._orders = itertools.count()
        self._closed = False
        self._awaited: set[asyncio.Future[Any]] = set()

    @property
    def now_us(self) -> int:
        """Return the µs since the world began."""
        raise NotImplementedError

    def at(self, time_us: int, callback: Callable[[], object]) -> Event:
        """Have the callback called at this time."""
        event = Event(time_us, callback)
        heapq.heappush(self._events, (time_us, next(self._orders), event))
        self.look()
        return event

    def after(self, delay_us: int, callback: Callable[[], object]) -> Event:
        """Have the callback called after a while."""
        return self.at(self.now_us + delay_us, callback)

    def look(self) -> None:
        """Notice that something changed which may let time go on."""
        raise NotImplementedError

    def close(self) -> None:
        """Let nothing happen any more."""
        self._closed = True
        self._events.clear()

    async def sleep(self, seconds: float) -> None:
        """Wait in the world's time."""
        try:
            await self.wait(self._loop.create_future(), seconds)
        except TimeoutError:
            return

    async def wait[T](self, future: asyncio.Future[T], seconds: float) -> T:
        """Wait for the future, at most this long in the world's time."""
        event = self._arm(future, seconds)
        self._awaited.add(future)
        self.look()
        try:
            result = await future
        except TimeoutError:
            await self._settle()
            raise
        else:
            await self._settle()
            return result
        finally:
            event.cancel()
            self._awaited.discard(future)

    async def _settle(self) -> None:
        """Let whoever waited go on only when the boards have come to rest."""

    def _arm(self, future: asyncio.Future[Any], seconds: float) -> Event:
        def over() -> None:
            if not future.done():
                future.set_exception(TimeoutError())

        return self.after(round(seconds * 1e6), over)

    def _first(self) -> Event | None:
        while self._events:
            event = self._events[0][2]
            if event.callback is not None:
                return event
            heapq.heappop(self._events)
        return None

    def _happen(self) -> None:
        """Let the first event happen; a fault in it is a fault for whoever waits."""
        _, _, event = heapq.heappop(self._events)
        callback = event.callback
        event.callback = None
        assert callback is not None
        try:
            callback()
        except Exception as error:
            if not self._awaited:
                raise
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """Tell everybody who waits that it has no sense any more."""
        for future in self._awaited:
            if not future.done():
                future.set_exception(error)


class RealTime(Timeline):
    """Follows the loop's clock."""

    real = True

    def __init__(self) -> None:
        super().__init__()
        self._start = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def now_us(self) -> int:
        """Return the µs since the world began."""
        return int((self._loop.time() - self._start) * 1e6)

    def look(self) -> None:
        """Set the loop's timer to the next event."""
        first = self._first()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if first is not None and not self._closed:
            self._timer = self._loop.call_at(self._start + first.time_us / 1e6, self._run)

    def close(self) -> None:
        """Stop the timer too."""
        super().close()
        self.look()

    def _run(self) -> None:
        self._timer = None
        while (first := self._first()) is not None and first.time_us <= self.now_us:
            self._happen()
        self.look()


class VirtualTime(Timeline):
    """Jumps to the next event when every node is waiting and somebody waits for the future.

    While the caller thinks (nobody is in `wait`), time stands still, and the caller goes on only
    when every node is waiting again: the same seed gives the same run, however slow the machine is.
    `all_waiting` says False when a node computes, and calls `look` when that has changed; `hand_over`
    gives the nodes what was held back for them; `at_turn` is called many times a second of real time.
    """

    real = False

    def __init__(
        self,
        all_waiting: Callable[[], bool],
        hand_over: Callable[[], None],
        at_turn: Callable[[], None],
    ) -> None:
        super().__init__()
        self._now_us = 0
        self._at_turn = at_turn
        self._all_waiting = all_waiting
        self._hand_over = hand_over
        self._due: asyncio.Handle | None = None
        self._settling: list[asyncio.Future[None]] = []

    @property
    def now_us(self) -> int:
        """Return the µs since the world began."""
        return self._now_us

    def look(self) -> None:
        """Go on soon, if nothing holds us."""
        if self._due is None and self._awaited and not self._closed:
            self._due = self._loop.call_soon(self._run)

    def close(self) -> None:
        """Take the pending step back."""
        super().close()
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._settled()

    async def _settle(self) -> None:
        if self._closed:
            return
        self._hand_over()
        if self._all_waiting():
            return
        settled = self._loop.create_future()
        self._settling.append(settled)
        await settled

    def _settled(self, error: Exception | None = None) -> None:
        for future in self._settling:
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
        self._settling.clear()

    def _somebody_wakes(self) -> bool:
        for future in self._awaited:  # noqa: SIM110  any() costs a generator for each event
            if future.done():
                return True
        return False

    def fail(self, error: Exception) -> None:
        """Tell everybody, without waiting for the boards to come to rest."""
        super().fail(error)
        self._settled(error)

    def _run(self) -> None:
        self._due = None
        self._at_turn()
        for _ in range(_EVENTS_PER_TURN):
            if self._closed or not self._all_waiting():
                return
            self._settled()
            if not self._awaited or self._somebody_wakes():
                break  # whoever is to wake wakes first
            first = self._first()
            if first is None:
                return
            self._now_us = max(self._now_us, first.time_us)
            self._happen()
        self.look()
