"""Drives handler and reader of a rewritten advert table through their interleavings; prints what broke.

interleavings.py FAULT PATHS...: ends early once this fault was seen; "-" looks at all interleavings.
"""

import json
import random
import sys

sys.path[:] = sys.argv[2:] + [".frozen"]

import table as firmware

RANDOM_SCHEDULES = 200
TURNS = 12
# what the handler hears, as (device, nonce), and what the reader does
NEWER, REPEATED, OTHER = ((1, 2),), ((1, 2), (1, 2)), ((2, 9),)
TAKE, GIVE_BACK, CHOOSE = range(3)
CASES = (
    (NEWER, TAKE), (NEWER, GIVE_BACK), (REPEATED, TAKE), (OTHER, TAKE), (NEWER, CHOOSE),
)  # fmt: skip
SHOWN_BY = {"refused": CHOOSE}  # the only work in which this can come about: looked at first


def address(device):
    return bytes((0xC0, device, 0x55, device, 0xAA, device))


def md_of(device, nonce):
    return bytes((0x10, 0, 0xA0 + device, nonce, 2, nonce, 0, device)) + bytes((nonce,)) * (
        nonce & 3
    )


def heard(device, nonce):
    md = md_of(device, nonce)
    return address(device), -nonce, bytes((len(md) + 3, 0xFF, 0xE1, 0x02)) + md


class Side:
    """A program that goes on step by step."""

    def __init__(self, program):
        self._program = program
        self._value = None
        self.over = False

    def step(self):
        try:
            self._value = self._program.send(self._value)
        except StopIteration:
            self.over = True

    def run(self, steps=None):
        while not self.over and steps != 0:
            self.step()
            if steps:
                steps -= 1


class Case:
    """One fresh table, its handler and its reader, and what the reader got."""

    def __init__(self, events, work):
        self.table = firmware.AdvertTable()
        self.got = []
        self._events = events
        self._gives_back = work == GIVE_BACK
        self._broken = False
        Side(self.table.hear(*heard(1, 1))).run()
        self.handler = Side(self._hear())
        self.reader = Side(self._choose() if work == CHOOSE else self._read())

    def _hear(self):
        for one in self._events:
            try:
                yield from self.table.hear(*heard(*one))
            except Exception:
                self._broken = True

    def _choose(self):
        """Change the list of devices to relay; the first device is always among them."""
        yield from self.table.allow([address(1)])
        yield from self.table.allow([address(3), address(1)])
        yield from self.table.allow([])

    def _read(self):
        advert = firmware.Advert()
        for slot in range(len(self.table)):
            if not (yield from self.table.take(slot, advert)):
                continue
            if self._gives_back:
                yield from self.table.give_back(slot)
                continue
            kept = (bytes(advert.mac), bytes(advert.md)[: advert.length], advert.rssi)
            self.got.append(kept)

    def faults(self):
        """Let both come to rest, then look at everything."""
        self.handler.run()
        self.reader.run()
        self._gives_back = False
        Side(self._read()).run()
        heard_of = [(1, 1)] + list(self._events)
        valid = [(address(d), md_of(d, n), -n) for d, n in heard_of]
        found = []
        if any(one not in valid for one in self.got):
            found.append("torn")
        if len(set(self.got)) != len(self.got):
            found.append("twice")
        if valid[-1] not in self.got:
            found.append("newest lost")
        if self.table.seen != len(self.got) + self.table.replaced:
            found.append("miscounted")
        if self._broken or self.table.not_allowed:
            found.append("refused")
        return found


def steps_of(side):
    count = 0
    while not side.over:
        side.step()
        count += 1
    return count


def schedules(events, work):
    """Yield who goes how many steps: into every state of two switches, and into some of many."""
    hearing = steps_of(Case(events, work).handler)
    reading = steps_of(Case(events, work).reader)
    for mine in range(reading + 1):
        for theirs in range(hearing + 1):
            yield ("reader", mine), ("handler", theirs), ("reader", None)
            yield ("handler", theirs), ("reader", mine), ("handler", None)
    for seed in range(RANDOM_SCHEDULES):
        random.seed(seed)
        yield [
            ("reader", random.randint(1, reading // 2))
            if turn & 1
            else ("handler", random.randint(1, hearing // 2))
            for turn in range(TURNS)
        ]


def explore(wanted):
    tried = 0
    faults = set()
    for events, work in sorted(CASES, key=lambda case: case[1] != SHOWN_BY.get(wanted, case[1])):
        for schedule in schedules(events, work):
            case = Case(events, work)
            for side, steps in schedule:
                getattr(case, side).run(steps)
            tried += 1
            faults.update(case.faults())
            if wanted in faults:
                return tried, faults
    return tried, faults


tried, faults = explore(sys.argv[1])
print(json.dumps({"tried": tried, "faults": list(faults)}))
