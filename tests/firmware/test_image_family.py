"""Classes whose objects nobody tells apart become one, and each object still finds what it had."""

import re
from pathlib import Path

import pytest

from firmware.image import squeezed
from firmware.image.__main__ import origin

from .test_image import LENDING, MAIN, START, STARTED, everything, made, what_it_prints

# Attributes are called alike, methods are not; one begins with an early end, one has no `__init__`.
ALIKE = """\
class Counter:
    def __init__(self, start, step=2):
        self._value = start
        self.told = []
        if not start:
            return
        self._value = self._next(step)

    def _next(self, step):
        return self._value + step

    def count(self):
        self._value += 1
        self.told.append(lambda: self._value)
        return self._value

class Gauge:
    def __init__(self, start):
        self._next = start
        self._value = Helper().half(start)

    @property
    def level(self):
        return self._value + self._next

    @level.setter
    def level(self, value):
        self._value = value

    def fall(self):
        self.level = 1

class Helper:
    def half(self, number):
        return number // 2

def work(number):
    counter, idle, gauge = Counter(number), Counter(0), Gauge(10)
    before = gauge.level
    gauge.fall()
    return counter.count(), idle.count(), before, gauge.level, counter.told[0]()
"""
WITH_PROPERTY = """\
class One:
    @property
    def whole(self):
        return 1

    def first(self):
        return self.whole

"""
# What has to stay apart, and what would come out if it did not.
APART = {
    "methods of the same name": """\
class One:
    def tell(self):
        return "one"

class Other:
    def tell(self):
        return "other"

def work(number):
    return One().tell(), Other().tell()
""",
    "a property called like the other's attribute": WITH_PROPERTY
    + """\
class Other:
    def __init__(self):
        self.whole = 5

    def second(self):
        return self.whole

def work(number):
    return One().first(), Other().second()
""",
    "a property called like what the other is given": WITH_PROPERTY
    + """\
class Other:
    def second(self):
        return self.whole

def work(number):
    other = Other()
    other.whole = number
    return One().first(), other.second()
""",
    "a length": """\
class One:
    def __len__(self):
        return 0

    def first(self):
        return bool(self)

class Other:
    def second(self):
        return bool(self)

def work(number):
    return One().first(), Other().second()
""",
    "objects that are told apart": """\
class One:
    def first(self):
        return isinstance(self, Other)

class Other:
    def second(self):
        return isinstance(self, Other)

def work(number):
    return One().first(), Other().second()
""",
    "an object made while the module is read": """\
class One:
    def first(self):
        return 1

class Other:
    def second(self):
        return 2

ONE = One()

def work(number):
    return ONE.first(), Other().second()
""",
    "a method that is asked of its class": """\
class One:
    def __init__(self, value):
        self.value = value

    def first(self):
        return self.value

class Other:
    def second(self):
        return max([One(1), One(2)], key=One.first).value

def work(number):
    return One(3).first(), Other().second()
""",
    "an attribute that is taken away": """\
class One:
    def __init__(self):
        self.value = 1

    def first(self):
        del self.value
        return hasattr(self, "value")

class Other:
    def value(self):
        return 2

def work(number):
    return One().first(), Other().value()
""",
}
# `later` is kept without being called: its line has to stay, or its module would.
LENT = """\
from node.borrowed import seldom

class Store:
    def __init__(self, number):
        self.number = number

    @seldom
    def first(self, by):
        self.number += by
        return self.number

    @seldom
    def second(self):
        return self.first(2) * 10

    @seldom
    def third(self, *more):
        return sum(more) + self.number

    @seldom
    def later(self):
        return self.number

class Other:
    def __init__(self):
        self.calls = []

    def fourth(self):
        return [call() for call in self.calls]

def work(number):
    store, other = Store(number), Other()
    other.calls.append(store.later)
    found = store.first(1), store.second(), store.third(1, 2), other.fourth()
    try:
        store.nothing()
    except AttributeError:
        return found
"""


def classes(texts: dict[str, str]) -> list[str]:
    return re.findall(r"^class (\w+)", everything(texts), re.M)


def test_classes_whose_objects_nobody_tells_apart_are_one(tmp_path: Path):
    texts = made(ALIKE)
    assert len(classes(texts)) == 1
    assert what_it_prints(texts, tmp_path) == "(6, 1, 15, 11, 6)\n"


@pytest.mark.parametrize("what", APART)
def test_what_would_not_be_the_same_stays_apart(what: str, tmp_path: Path):
    sources = {"role": "", "role.main": MAIN, "role.part": APART[what]}
    texts = made(APART[what])
    assert len(classes(texts)) == 2
    said = what_it_prints(texts, tmp_path / "image")
    assert said == what_it_prints(sources, tmp_path / "sources")
    assert said.startswith("(")


def lent() -> dict[str, str]:
    return {"role": "", "role.main": MAIN, "role.part": LENT, "node": "", "node.borrowed": LENDING}


def test_a_table_says_where_lent_methods_lie(tmp_path: Path):
    texts = squeezed(lent(), ("role.main", "run")).texts
    assert what_it_prints(texts, tmp_path) == "(4, 60, 9, [6])\n"
    main = texts["role.main"]
    assert "def __getattr__" in main
    assert len(re.findall(r"return \w+\('\w+'\)\.\w+\(self", main)) == 1  # of `later`


def test_lines_are_found_where_functions_have_moved():
    program = squeezed(lent(), ("role.main", "run"))
    lines = program.texts["role.main"].splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "for call in" in line)
    name, line = origin(program, "role.main", number)
    assert "for call in" in lent()[name].splitlines()[line - 1]


def test_what_a_start_has_done_for_the_last_time_is_forgotten_where_it_is_now(tmp_path: Path):
    more = """
class Other:
    def __init__(self, number):
        self.number = number

    def other(self):
        return self.number
"""
    part = START.replace(
        "return build(number).work()",
        "found = build(number).work()\n    return found + Other(1).other()",
    )
    sources = {"role": "", "role.main": MAIN, "role.part": part + more}
    program = squeezed(sources | {"node": "", "node.started": STARTED}, ("role.main", "run"))
    texts = program.texts
    assert len(classes(texts)) == 1
    assert what_it_prints(texts, tmp_path) == "334\n"
    forgetting = next(text for text in texts.values() if "sys.modules" in text)
    gone = re.findall(r"one\.([\w.]+) = None", forgetting)
    assert len(gone) == len(["build", "Part", "Part._start"])
    lines = texts["role.main"].splitlines()
    for name in gone:
        number = next(n for n, line in enumerate(lines, 1) if f"def {name.split('.')[-1]}(" in line)
        said = part.splitlines()[origin(program, "role.main", number)[1] - 1].strip()
        assert said in ("def build(number):", "def __init__(self, number):", "def _start(self):")
