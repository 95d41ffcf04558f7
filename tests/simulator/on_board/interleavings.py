"""Drives handler and reader of a rewritten advert table through their interleavings; prints what broke.

interleavings.py FAULT PATHS...: ends early once this fault was seen; "-" looks at all interleavings.
"""

import json
import random
import sys

sys.path[:] = sys.argv[2:] + [".frozen"]

import table as firmware

RANDOM_SCHEDULES = 200
# what the handler hears, as (device, nonce), and whether the reader gives back what it takes
NEWER, REPEATED, OTHER = ((1, 2),), ((1, 2), (1, 2)), ((2, 9),)
CASES = ((NEWER, False), (NEWER, True), (REPEATED, False), (OTHER, False))


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

    def __init__(self, events, give_back):
        self.table = firmware.AdvertTable()
        self.got = []
        self._events = events
        self._give_back = give_back
        Side(self.table.hear(*heard(1, 1))).run()
        self.handler = Side(self._hear())
        self.reader = Side(self._read())

    def _hear(self):
        for one in self._events:
            yield from self.table.hear(*heard(*one))

    def _read(self):
        advert = firmware.Advert()
        for slot in range(len(self.table)):
            if not (yield from self.table.take(slot, advert)):
                continue
            if self._give_back:
                yield from self.table.give_back(slot)
                continue
            kept = (bytes(advert.mac), bytes(advert.md)[: advert.length], advert.rssi)
            self.got.append(kept)

    def faults(self):
        """Let both come to rest, then look at everything."""
        self.handler.run()
        self.reader.run()
        self._give_back = False
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
        return found


def steps_of(side):
    count = 0
    while not side.over:
        side.step()
        count += 1
    return count


def schedules(events, give_back):
    """Yield functions that bring a case into every state of two switches, and into some of many."""
    length = steps_of(Case(events, give_back).handler)
    reading = steps_of(Case(events, give_back).reader)
    for mine in range(reading + 1):
        for theirs in range(length + 1):
            yield lambda case: (
                case.reader.run(mine), case.handler.run(theirs), case.reader.run(),
            )  # fmt: skip
            yield lambda case: (
                case.handler.run(theirs), case.reader.run(mine), case.handler.run(),
            )  # fmt: skip
    for seed in range(RANDOM_SCHEDULES):
        yield lambda case: shuffle(case, seed, reading, length)


def shuffle(case, seed, reading, length):
    random.seed(seed)
    while not (case.reader.over and case.handler.over):
        case.reader.run(random.randint(1, reading))
        case.handler.run(random.randint(1, length // 2))


def explore(wanted):
    tried = 0
    faults = set()
    for events, give_back in CASES:
        for schedule in schedules(events, give_back):
            case = Case(events, give_back)
            schedule(case)
            tried += 1
            faults.update(case.faults())
            if wanted in faults:
                return tried, faults
    return tried, faults


tried, faults = explore(sys.argv[1])
print(json.dumps({"tried": tried, "faults": list(faults)}))
