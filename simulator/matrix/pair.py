"""One fault at one moment: let it happen, let everything come to rest, judge."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..faults.catalogue import FAULTS
from ..faults.fault import Course, Fault
from ..node import Node, NodeError
from ..patience import StuckError as WorldStuckError
from ..world import FIRMWARE
from . import judge
from .host import StuckError
from .moments import MOMENTS, Moment
from .stage import Stage, stage

BEFORE, DURING, AFTER, CALM = "before", "during", "after", "calm"
_SOON_S = 0.05


@dataclass(frozen=True, slots=True)
class Pair:
    """What strikes when; `when` is a word, or the number of a write."""

    fault: str
    moment: str
    when: str | int
    seed: int = 1
    takes_s: float = 0.0  # that the moment lasts when nothing happens

    def __str__(self) -> str:
        """Return it for people."""
        when = f"at write {self.when} of" if isinstance(self.when, int) else f"{self.when}:"
        return f"{self.fault}, {when} {self.moment}"


@dataclass(slots=True)
class Result:
    """What became of a pair."""

    pair: Pair
    struck: bool = True
    due_s: float = 0.0  # when the fault is over and the act could be
    fresh_s: float = 0.0  # from then on
    complaints: list[tuple[str, str]] = field(default_factory=list)  # rule, what
    writes: int = 0  # of the act, when nothing strikes
    takes_s: float = 0.0  # likewise

    @property
    def rules(self) -> list[str]:
        """Return the rules that were broken."""
        return sorted({rule for rule, _ in self.complaints})


class Strike:
    """Lets a fault happen, once; called again it does nothing."""

    def __init__(self, one: Stage, fault: Fault) -> None:
        self.began = self.over = False
        self.over_s = 0.0
        self.came_about = True
        self._stage = one
        self._fault = fault
        self._course: Course | None = None

    def __call__(self) -> None:
        """Begin, at this very moment."""
        if not self.began:
            self.began = True
            self._course = self._fault.course(self._stage)
            self._go_on()

    def _go_on(self) -> None:
        assert self._course is not None
        try:
            seconds = next(self._course)
        except StopIteration as end:
            self.over = True
            self.over_s = self._stage.world.now
            self.came_about = end.value is not False
            return
        self._stage.world.timeline.after(round(seconds * 1e6), self._go_on)


def _calm(one: Stage) -> Course:
    yield 0
    return True


NOTHING = Fault("nothing", "Nothing happens.", _calm)


async def run(pair: Pair, paths: tuple[Path, ...] = FIRMWARE) -> Result:
    """Run one; whatever ends it early is a finding, too."""
    fault = next(one for one in (NOTHING, *FAULTS) if one.name == pair.fault)
    moment = next(one for one in MOMENTS if one.name == pair.moment)
    result = Result(pair)
    try:
        async with stage(pair.seed, blank=moment.blank, host=moment.host_at, paths=paths) as one:
            await _prepare(one, fault, moment)
            await _happen(one, fault, moment, result)
            if result.struck:
                await judge.judge(one, fault, moment, result)
    except (StuckError, TimeoutError, WorldStuckError, NodeError) as error:
        result.complaints.append((judge.STUCK, str(error)[-600:]))
    return result


async def _prepare(one: Stage, fault: Fault, moment: Moment) -> None:
    await fault.prepare(one)
    await moment.prepare(one)
    one.stores.begin()
    one.own_restarts = 0


async def _happen(one: Stage, fault: Fault, moment: Moment, result: Result) -> None:
    """Bring act and fault together as the pair says."""
    strike, when = Strike(one, fault), result.pair.when
    if when == BEFORE:
        strike()
        await one.world.sleep(_SOON_S)
    elif when == DURING:
        moment.during(one, strike)
    else:
        count = _count_writes(one, moment, strike, when)
    began_s = one.world.now
    await moment.act(one)
    one.on_write = None
    if when == CALM:
        result.writes, result.takes_s = count(), one.world.now - began_s
    if when in (AFTER, CALM):
        strike()
    result.struck = strike.began
    if strike.began:
        await one.world.until(lambda: strike.over, 120, 0.05)
        result.struck = strike.came_about
        result.due_s = max(strike.over_s, began_s + result.pair.takes_s)
    for device in one.host.changed_keys:
        mac, key = device.address.hex().upper(), (device.key or b"").hex()
        await one.host.ask(one.display, "key", mac=mac, key=key, name=device.name)


def _count_writes(one: Stage, moment: Moment, strike: Strike, when: str | int) -> Callable[[], int]:
    """Strike at a write of the board that is busy; return how to learn how many there were."""
    board = one.node(moment.writes_of) if moment.writes_of else None
    writes = 0

    def count(node: Node) -> None:
        nonlocal writes
        writes += node is board
        if node is board and writes == when:
            strike()

    one.on_write = count
    return lambda: writes
