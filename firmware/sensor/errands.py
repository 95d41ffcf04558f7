"""What the display node wants of this node, and what it is told about it.

An order comes behind a receipt, is carried out once, and comes again until a state frame has confirmed its
number. The number is kept in RTC memory: an order to restart is not carried out again after the restart.
"""

import time

from node.borrowed import Borrowed, seldom

STATE_EVERY_MS = 60_000
STATE_AGAIN_MS = 2000
SURVEY_EVERY_MS = 2000
MOST_SURVEY_S = 3600


class Errands:
    """Orders in, state out; the code for either is in memory only meanwhile."""

    def __init__(self, app, past, state) -> None:
        self._app = app
        self._past = past
        self.state = state  # a function that returns the fields of a state frame
        self._afterwards = None
        self._due = time.ticks_ms()
        self._epoch = 0  # of the display node
        self._survey_end = None
        self.blinking = None  # the task, while the node shows which one it is

    @property
    def due(self) -> bool:
        """Tell whether the display node should be told our state now."""
        return time.ticks_diff(time.ticks_ms(), self._due) >= 0

    @property
    def surveying(self) -> bool:
        """Tell whether somebody looks for a good place: signs of life in quick succession."""
        if self._survey_end is None:
            return False
        if time.ticks_diff(self._survey_end, time.ticks_ms()) > 0:
            return True
        self._survey_end = None
        return False

    def note_epoch(self, epoch: int) -> None:
        """Tell our state to a display node that has started since: it knows nobody's name."""
        if epoch == self._epoch:
            return
        if self._epoch:
            self._due = time.ticks_ms()
        self._epoch = epoch

    def survey(self, seconds: int) -> None:
        """Let the node be surveyed for a while."""
        self._survey_end = time.ticks_add(time.ticks_ms(), seconds * 1000)

    @seldom
    def obey(self, number: int, text: bytes) -> None:
        """Carry out an order, unless that was done before and only its confirmation got lost."""
        self._due = time.ticks_ms()
        past = self._past
        if number == past.order:
            return
        with Borrowed("sensor.orders") as orders:
            past.result, self._afterwards = orders.carry_out(self._app, self, text)
        past.order = number
        past.save()

    @seldom
    def pack(self, buffer: bytearray) -> int:
        """Write the body of a state frame."""
        with Borrowed("protocol.radio_state") as radio_state:
            values, texts = self.state()
            values["order"] = self._past.order
            return radio_state.pack_state(buffer, values, texts + (self._past.result,))

    @seldom
    def told(self, acknowledged: bool) -> None:
        """Note that the state went out; what an order wanted done after its confirmation follows."""
        wait = STATE_EVERY_MS if acknowledged else STATE_AGAIN_MS
        if self.surveying:
            wait = SURVEY_EVERY_MS
        self._due = time.ticks_add(time.ticks_ms(), wait)
        afterwards = self._afterwards
        if afterwards and acknowledged:
            self._afterwards = None
            afterwards()
