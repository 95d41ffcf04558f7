"""The door of the node's own page: who comes in, how many at once, and for how long.

Whoever is in the network may read what the display shows anyway; nobody can change anything. What answers is read
from flash when somebody asks, and given back when nobody does any more.
"""

import asyncio
import time

from node.age import age_ms
from node.borrowed import lend
from node.tally import Tally

PORT = 80
MOST_VISITS = 4  # connections at once; a browser opens two
BACKLOG = 4  # further ones that wait to be let in
VISIT_MS = 8000  # from the first byte to the last
CROWDED_MS = 1000  # a visit that is older gives way to a new one when there is no room
LOOK_MS = 500
IDLE_MS = 15_000  # a page asks every two seconds


class Web:
    """Lets visitors in while there is Wi-Fi."""

    def __init__(self, node) -> None:
        self._node = node
        self._visits = []  # [since, task], the oldest first
        self._answers = None  # while somebody asks
        self._asked = time.ticks_ms()
        self.refused = Tally()

    async def run(self, pulse, is_wanted) -> None:
        """Serve until nobody wants it any more."""
        server = await asyncio.start_server(self._welcome, "0.0.0.0", PORT, BACKLOG)
        refusals = self._node.app.refusals
        refusals.append(self.refused)
        try:
            while is_wanted():
                pulse.beat()
                await asyncio.sleep_ms(LOOK_MS)
                self._look()
        finally:
            refusals.remove(self.refused)
            server.close()
            for _, task in self._visits:
                task.cancel()

    def _look(self) -> None:
        """Send away who has been here for too long; forget how to answer when nobody asks."""
        now = time.ticks_ms()
        for since, task in self._visits:
            if age_ms(since, now) > VISIT_MS:
                self.refused.add("web_slow")
                task.cancel()
        if not self._visits and age_ms(self._asked, now) > IDLE_MS:
            self._answers = None

    async def _welcome(self, stream, _stream) -> None:
        """Answer one visitor; whatever he does costs nobody else anything."""
        visit = [time.ticks_ms(), asyncio.current_task()]
        try:
            if self._has_room():
                self._visits.append(visit)
                self._asked = visit[0]
                await self._answer(stream)
        except asyncio.CancelledError:
            pass  # counted by whoever sent him away
        except OSError:
            self.refused.add("web_gone")
        except Exception as error:
            self._node.app.log.fault("web", error)
        if visit in self._visits:
            self._visits.remove(visit)
        await stream.wait_closed()

    def _has_room(self) -> bool:
        """Tell whether one more may come in; somebody slow may have to go for that."""
        if len(self._visits) < MOST_VISITS:
            return True
        since, task = self._visits[0]
        self.refused.add("web_crowded")
        if age_ms(since, time.ticks_ms()) < CROWDED_MS:
            return False
        del self._visits[0]
        task.cancel()
        return True

    async def _answer(self, stream) -> None:
        if self._answers is None:
            self._answers = lend("display.web_answers")
        reason = await self._answers.answer(stream, self._node)
        if reason:
            self.refused.add(reason)
