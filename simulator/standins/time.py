"""`time` on the world's clock; the chip counts seconds from 2000."""

import utime
from utime import ticks_add, ticks_diff  # noqa: F401  part of this module

import _link

_EPOCH = 946684800  # 2000-01-01, where an ESP32 begins to count

ticks_ms = _link.ticks_ms
ticks_us = _link.ticks_us
sleep_us = _link.sleep_us


def ticks_cpu():
    return _link.ticks_us()


def sleep_ms(duration):
    _link.sleep_us(int(duration) * 1000)


def sleep(duration):
    _link.sleep_us(int(duration * 1000000))


def time():
    return _link.seconds()


def time_ns():
    return _link.seconds() * 1000000000


def gmtime(seconds=None):
    return utime.gmtime((time() if seconds is None else int(seconds)) + _EPOCH)


localtime = gmtime


def mktime(moment):
    return utime.mktime(moment) - _EPOCH
