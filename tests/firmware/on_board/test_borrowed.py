"""Modules that are read from flash for the moment."""

import sys

from node.borrowed import Borrowed, OneAtATime, lend

SELDOM, OTHER = "node.good", "node.clock"


def is_there(name):
    package, _, leaf = name.rpartition(".")
    return name in sys.modules or hasattr(sys.modules[package], leaf)


def test_a_borrowed_module_is_gone_afterwards():
    with Borrowed(SELDOM) as module:
        assert is_there(SELDOM)
        assert module.DIRECTORIES
    assert not is_there(SELDOM)


def test_a_lent_module_is_gone_before_it_is_used():
    assert lend(SELDOM).directory() in ("", "a", "b")
    assert not is_there(SELDOM)


def test_of_modules_that_are_wanted_for_a_while_only_the_newest_stays():
    modules = OneAtATime()
    first = modules.get(SELDOM)
    assert modules.get(SELDOM) is first
    assert modules.get(OTHER).EARLIEST
    assert modules.get(SELDOM) is not first
    assert not is_there(SELDOM)
    assert not is_there(OTHER)


def test_the_module_that_stays_can_be_given_back():
    modules = OneAtATime()
    first = modules.get(SELDOM)
    modules.forget()
    assert modules.get(SELDOM) is not first


def test_a_module_that_cannot_be_read_is_read_anew_when_it_is_wanted_again():
    modules = OneAtATime()
    modules.get(SELDOM)
    try:
        modules.get("node.nothing_of_that_name")
    except ImportError:
        assert modules.get(SELDOM).DIRECTORIES
        return
    raise AssertionError("found it")
