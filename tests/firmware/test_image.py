"""The image: less and shorter, and the same in what it does."""

import re
import subprocess
from pathlib import Path

import pytest

from firmware.image import foreign, squeezed, without_lines
from firmware.image.__main__ import origin, sources

from .runner import ensure

MAIN = """\
from .part import work

def run():
    print(work(3))
"""


def made(part: str, main: str = MAIN, **others: str) -> dict[str, str]:
    """The modules of an image of `role.main`, `role.part` and others."""
    texts = {"role": "", "role.main": main, "role.part": part}
    return squeezed(
        texts | {f"role.{name}": text for name, text in others.items()}, ("role.main", "run")
    ).texts


def what_it_prints(texts: dict[str, str], folder) -> str:
    for name, text in texts.items():
        file = folder / (name.replace(".", "/") + (".py" if "." in name else "/__init__.py"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    code = "import role.main; role.main.run()"
    done = subprocess.run(
        [ensure().micropython, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


PROGRAMS = {
    "numbers stand where they are used": (
        """\
LIMIT = 2 * 50

def work(number):
    return number + LIMIT
""",
        "103",
    ),
    "a number that changes stays a variable": (
        """\
COUNT = 1

def work(number):
    global COUNT
    COUNT += number
    return COUNT
""",
        "4",
    ),
    "a large number stays an object": (
        """\
MOST = 0xFFFFFFFF

def work(number):
    return MOST + number
""",
        "4294967298",
    ),
    "numbers of other modules": (
        """\
from . import other
from .other import SIZE

def work(number):
    return f'{SIZE + number} {other.HALF}'
""",
        "13 -5",
    ),
    "a parameter that is given by its name": (
        """\
def add(first, second=0):
    return first - second

def work(number):
    return add(number, second=1)
""",
        "2",
    ),
    "a function inside that sees a parameter": (
        """\
def work(number):
    def inner(other):
        return number + other
    return inner(2) + (lambda number: number)(1)
""",
        "6",
    ),
    "a local with the name of a function elsewhere": (
        """\
from . import other

def work(number):
    twice = other.twice(number)
    return twice
""",
        "6",
    ),
    "two modules with the same private name": (
        """\
from .other import twice

def _double(number):
    return number

def work(number):
    return twice(_double(number))
""",
        "6",
    ),
    "private attributes of two classes": (
        """\
class One:
    def __init__(self, number):
        self._first = number
        self._second = 1

    def _sum(self):
        return self._first + self._second

    def get(self):
        return self._sum()

class Two:
    def __init__(self):
        self._second = One(5)

    def get(self):
        return self._second.get()

def work(number):
    return One(number).get() + Two().get()
""",
        "10",
    ),
    "a private attribute that others ask for": (
        """\
class One:
    def __init__(self):
        self._value = 7

def work(number):
    return One()._value
""",
        "7",
    ),
    "a class that is derived from another": (
        """\
class Base:
    def get(self):
        return self.value

class Derived(Base):
    def __init__(self, number):
        self.value = number

def work(number):
    return Derived(number).get()
""",
        "3",
    ),
    "a comprehension": (
        """\
def work(number):
    return sum(number * number for number in [number, 1])
""",
        "10",
    ),
    "a module that is imported in a function": (
        """\
def work(number):
    from .other import twice

    return twice(number)
""",
        "6",
    ),
    "a module that is asked for by its name": (
        """\
def work(number):
    return __import__('role.other', None, None, ('*',)).SIZE
""",
        "10",
    ),
}
OTHER = """\
SIZE = 10
HALF = -(SIZE // 2)

def _double(number):
    return 2 * number

def twice(number):
    return _double(number)
"""


@pytest.mark.parametrize("what", PROGRAMS)
def test_the_image_does_what_the_sources_do(what, tmp_path):
    part, result = PROGRAMS[what]
    assert what_it_prints(made(part, other=OTHER), tmp_path) == result + "\n"


def everything(texts: dict[str, str]) -> str:
    return "\n".join(texts.values())


def test_what_nobody_needs_is_left_out():
    part = """\
import json

def unused():
    return json.loads('1')

class One:
    def asked(self):
        return 1

    def never(self):
        return helper()

def helper():
    return 2

def work(number):
    return One().asked()
"""
    text = everything(
        made(
            part,
            stranger="""\
def strange():
    pass
""",
        )
    )
    for name in ("unused", "json", "never", "helper", "strange"):
        assert name not in text
    assert "return 1" in text


def test_numbers_and_what_is_private_have_no_names_of_their_own():
    part = """\
PERIOD = 250

def _double(factor):
    return factor * PERIOD

def work(number):
    return _double(number)
"""
    text = everything(made(part))
    for name in ("PERIOD", "_double", "factor"):
        assert name not in text


def test_a_number_that_is_an_object_on_a_board_is_made_once():
    part = """\
MOST = 0xFFFFFFFF

def more(number):
    return MOST

def work(number):
    return more(number) - MOST
"""
    assert everything(made(part)).count("0xFFFFFFFF") == 1
    assert "4294967295" not in everything(made(part))


def test_what_only_other_computers_do_is_left_out():
    part = """\
try:
    from cryptolib import aes
except ImportError:
    from elsewhere import aes

    def helper():
        return 1

def work(number):
    return aes(number)
"""
    text = everything(made(part))
    assert "cryptolib" in text
    assert "elsewhere" not in text
    assert "return 1" not in text


def test_what_is_always_there_lies_in_the_main_module():
    assert set(
        made("""\
def work(number):
    return number
""")
    ) == {"role.main"}  # the folder is a package by itself


def test_what_main_imports_later_lies_in_a_second_module(tmp_path):
    main = """\
from .other import twice

def run():
    from .part import work

    print(work(twice(1)))
"""
    part = """\
from .other import twice

def work(number):
    return twice(number)
"""
    texts = made(part, main, other=OTHER)
    assert set(texts) == {"role.main", "role.rest"}
    assert what_it_prints(texts, tmp_path) == "4\n"


def compiled(text: str, folder: Path) -> Path:
    """The module `part` as it is flashed."""
    source, target = folder / "part.py", folder / "part.mpy"
    source.write_text(text)
    subprocess.run([ensure().mpy_cross, "-s", "part", "-o", target, source], check=True)
    source.unlink()
    target.write_bytes(without_lines(target.read_bytes()))
    return target


def test_a_traceback_says_where_each_function_begins(tmp_path):
    text = """\
LARGE = (1, "one", b"one", 1 << 40, 1.5, None, True, ...)


def work(number, *others, key=None):
    \"\"\"Fail, some lines further on.\"\"\"
    number += len(LARGE)

    def inner():
        total = 0
        for other in others:
            total += other
        return number + total + key

    return inner()
"""
    before = len(compiled(text + "\n" * 3 + "pass\n", tmp_path).read_bytes())
    assert before > 100
    code = "import part; print(part.work(1, 2, 3, key=4)); part.work(1, 2)"
    done = subprocess.run(
        [ensure().micropython, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("18\n")
    # MicroPython 1.29 tells an error where it prints, those before beside it.
    told = done.stdout + done.stderr
    assert re.findall(r'"(.*)", line (\d+), in (\w+)', told) == [
        ("part", "6", "work"), ("part", "9", "inner")
    ]  # fmt: skip


def test_lines_are_taken_out_of_what_is_understood_only():
    with pytest.raises(ValueError, match=r"not an \.mpy of version 6"):
        without_lines(b"M\x05\x00\x1f")
    with pytest.raises(ValueError, match="native code"):
        without_lines(b"M\x06\x10\x1f")


STARTED = """\
def forget_start():
    pass
"""
START = """\
def build(number):
    return Part(number)

class Part:
    def __init__(self, number):
        self.number = number
        self._start()

    def _start(self):
        self.callbacks = [self.handed_on, lambda: self.asked_by_a_lambda()]
        self.lazily = self.generated()

    def handed_on(self):
        return self.asked_later()

    def asked_later(self):
        return self.number

    def asked_by_a_lambda(self):
        return 10 * self.number

    def generated(self):
        yield 100 * self.number

    @property
    def set_later(self):
        return self.number

    @set_later.setter
    def set_later(self, number):
        self.number = number

    def work(self):
        forget()
        self.set_later = self.number
        return sum(one() for one in self.callbacks) + sum(self.lazily)

def forget():
    __import__("node.started", None, None, ("*",)).forget_start()

def work(number):
    return build(number).work()
"""


def test_what_a_start_has_done_for_the_last_time_is_forgotten(tmp_path):
    texts = squeezed(
        {
            "role": "", "role.main": MAIN, "role.part": START, "node": "", "node.started": STARTED,
        },
        ("role.main", "run"),
    ).texts  # fmt: skip
    assert what_it_prints(texts, tmp_path) == "333\n"
    forgotten = [text.count(" = None") for text in texts.values() if "sys.modules" in text]
    assert forgotten == [len(["build", "Part.__init__", "Part._start"])]


LENDING = """\
import sys

def lend(name):
    module = __import__(name, None, None, ("*",))
    del sys.modules[name]
    return module

def seldom(function):
    return function
"""
LENT = """\
from node.borrowed import seldom

class Made:
    pass

class Store:
    def __init__(self, number):
        self._number = number
        self.made = []

    @seldom
    def forget(self, twice):
        made = self.made[:twice]
        self.made = made

    @seldom
    def change(self, by, most=10):
        \"\"\"Read from flash.\"\"\"
        self._number = min(self._number + by, most)
        self.made.append(Made())

    @property
    @seldom
    def twice(self):
        return 2 * self._number

@seldom
def fourfold(store):
    return 2 * store.twice

def work(number):
    store = Store(number)
    store.change(2)
    store.change(20, 8)
    store.forget(2)
    one, other = [type(made) for made in store.made]
    return fourfold(store), one is other
"""


def test_what_is_lent_lies_in_modules_of_its_own_and_does_the_same(tmp_path):
    texts = squeezed(
        {"role": "", "role.main": MAIN, "role.part": LENT, "node": "", "node.borrowed": LENDING},
        ("role.main", "run"),
    ).texts
    assert what_it_prints(texts, tmp_path) == "(32, True)\n"
    for text in ("min(", ".append(", "2 *"):
        assert text not in texts["role.main"]
        assert text in everything(texts)


STREAM = """\
import io

from node.borrowed import seldom

class Stream(io.IOBase):
    def __init__(self, number):
        self._kept = [number]

    @seldom
    def newest(self):
        return self._kept[-1]

def work(number):
    return Stream(number).newest()
"""


def test_what_is_lent_of_a_class_with_a_foreign_base_knows_its_names(tmp_path):
    texts = squeezed(
        {"role": "", "role.main": MAIN, "role.part": STREAM, "node": "", "node.borrowed": LENDING},
        ("role.main", "run"),
    ).texts
    assert what_it_prints(texts, tmp_path) == "3\n"


def test_only_plain_functions_can_be_lent():
    part = """\
from node.borrowed import seldom

@seldom
def work(number, *, most):
    return number
"""
    with pytest.raises(ValueError, match=r"line 4: more than a plain function cannot be lent"):
        squeezed(
            {
                "role": "",
                "role.main": MAIN,
                "role.part": part,
                "node": "",
                "node.borrowed": LENDING,
            },
            ("role.main", "run"),
        )


def test_texts_of_what_comes_and_goes_become_no_names(tmp_path):
    part = """\
def work(number):
    return __import__("role.other", None, None, ("*",)).told(number)
"""
    other = """\
WORDS = ("in", "a", "tuple")

def told(number):
    return {"seldom": number, f"often{number}": WORDS[0]}["seldom"] + len(WORDS)
"""
    texts = made(part, other=other)
    assert what_it_prints(texts, tmp_path) == "6\n"
    assert everything(texts).count("'seldom',)[0]") == 2
    assert "role.other" not in everything(texts)


def test_a_module_cannot_be_handed_on():
    part = """\
from . import other

def work(number):
    return print(other)
"""
    with pytest.raises(ValueError, match=r"role\.part: other is used as a thing, line 4"):
        made(part, other=OTHER)


def test_what_only_a_borrowed_module_needs_comes_and_goes_with_it(tmp_path):
    part = """\
from .other import plain

def work(number):
    return __import__('role.borrowed', None, None, ('*',)).more(plain(number))
"""
    other = """\
def plain(number):
    return _kept(number) if THING else 0

def _kept(number):
    return number + 1

def seldom(number):
    return 10 * _kept(number) + _only(number)

def _only(number):
    return 1

LEAST = int("0")

class Thing:
    def method_that_only_the_borrowed_module_asks_for(self, least=LEAST):
        return least

THING = Thing()
"""
    handed_on = "from .other import seldom\n"
    borrowed = """\
from .handed_on import seldom
from .other import THING

def more(number):
    return seldom(number) + THING.method_that_only_the_borrowed_module_asks_for()
"""
    texts = made(part, other=other, handed_on=handed_on, borrowed=borrowed)
    assert [name for name, text in texts.items() if "10 *" in text] not in ([], ["role.main"])
    assert "10 *" not in texts["role.main"]
    assert what_it_prints(texts, tmp_path) == "51\n"


def test_an_import_that_loses_its_first_name_to_a_borrowed_module_still_brings_the_others(tmp_path):
    part = """\
from .other import seldom, plain

class Reading:
    def nobody_asks(self):
        return seldom(1)

    def read(self, number):
        return plain(number)

def work(number):
    more = __import__('role.borrowed', None, None, ('*',)).more(number)
    return Reading().read(number) + more
"""
    other = """\
def seldom(number):
    return 10 * number

def plain(number):
    return number + 1
"""
    borrowed = """\
from .other import seldom

def more(number):
    return seldom(number)
"""
    texts = made(part, other=other, borrowed=borrowed)
    assert "role.other" not in texts
    assert what_it_prints(texts, tmp_path) == "34\n"


@pytest.mark.parametrize("role", ["sensor"])
def test_every_line_of_an_image_can_be_found_in_its_source(role):
    files = {name: path.read_text("utf-8") for name, path in sources().items()}
    program = squeezed(files, (f"{role}.main", "run"))
    found = 0
    for module, lines in program.origins.items():
        text = program.texts[module].splitlines()
        assert len(text) == len(lines)
        for number, line in enumerate(text, 1):
            if line.startswith("class "):
                name, origin_line = origin(program, module, number)
                assert files[name].splitlines()[origin_line - 1].startswith("class ")
                found += 1
    assert found > 15


def test_no_name_of_micropythons_own_is_missing():
    defined = re.compile(r"^\s*(?:(?:async )?def|class) (\w+)|^\s*(\w+)\s*(?::|=)", re.M)
    found = {
        one or other
        for file in Path(ensure().stubs).rglob("*.pyi")
        for one, other in defined.findall(file.read_text("utf-8"))
    }
    ours = {name for name in found if name == name.lower() and not name.startswith("_")}
    assert len(ours) > 1000
    assert ours - foreign.NAMES == set()


ERRORS = {
    "protocol": "",
    "protocol.errors": """\
class ProtocolError(Exception):
    reason = "protocol_error"

    def __init__(self, reason=""):
        super().__init__(*([reason] if reason else []))
        if reason:
            self.reason = reason

class Plain(ProtocolError):
    reason = "plain"

class Detailed(ProtocolError):
    reason = "detailed"

    def __init__(self, version):
        super().__init__()
        self.version = version

class Caught(ProtocolError):
    reason = "caught"

class Derived(Caught):
    reason = "derived"

class Asked(ProtocolError):
    reason = "asked"

    def __init__(self, left):
        super().__init__()
        self.left = left

class Unasked(ProtocolError):
    reason = "unasked"

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
""",
}
RAISING = """\
from protocol import errors
from protocol.errors import Caught, Derived, Detailed, Plain, Unasked

def refuse(number):
    if number == 0:
        raise Plain
    if number == 1:
        raise Detailed(41)
    if number == 2:
        raise Derived() from None
    if number == 3:
        raise Unasked(number)
    if number == 4:
        raise errors.Asked(7)
    raise errors.Plain

def told(number):
    try:
        refuse(number)
    except Detailed as error:
        return error.version + 1
    except Caught as error:
        return "caught " + error.reason
    except errors.ProtocolError as error:
        return error.left if error.reason == "asked" else error.reason

def work(number):
    return [told(one) for one in range(6)]
"""


def test_errors_that_only_their_reason_tells_apart_are_one_class(tmp_path):
    texts = {"role": "", "role.main": MAIN, "role.part": RAISING, **ERRORS}
    image = squeezed(texts, ("role.main", "run")).texts
    classes = re.findall(r"^class (\w+)", everything(image), re.M)
    assert sorted(classes) == ["Asked", "Caught", "Derived", "Detailed", "ProtocolError"]
    said = "['plain', 42, 'caught derived', 'unasked', 7, 'plain']\n"
    assert what_it_prints(texts, tmp_path / "sources") == said
    assert what_it_prints(image, tmp_path / "image") == said


def test_what_our_objects_are_asked_for_has_a_name_that_costs_nothing_unless_it_may_be_anothers(
    tmp_path,
):
    part = """\
class Thing:
    def __init__(self):
        self.measured_value = 1
        self.send = 2

    def particular(self):
        return self.measured_value

def work(number):
    thing = Thing()
    return thing.particular() + thing.measured_value + thing.send
"""
    texts = made(part)
    assert "measured_value" not in everything(texts)
    assert "particular" not in everything(texts)
    assert "send" in foreign.NAMES
    assert ".send" in everything(texts)
    assert what_it_prints(texts, tmp_path) == "4\n"
