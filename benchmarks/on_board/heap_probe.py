"""Runs on a board in place of main.py: starts its role and tells what lies on the heap, and whose it is.

Before our first line the interpreter's own modules are imported and the stand-ins' objects made, at
their price and not at ours. What goes out are lines of text that no host takes for ours:

    HEAP baseline <bytes>                   all that was there before us
    HEAP import <bytes> <peak> <module>     what stayed of an import, without what it imported itself;
                                            the most there was at the end of one since the last time, garbage included
    HEAP modules <module>...                what is there, every few seconds
    HEAP at <seconds> <bytes> <receive buffer>   every few seconds
    HEAP pause <collection> <turn>          before it: µs of that collection, and processor time in µs of the longest
                                            turn of a task since the last time
    qstr pool: ... n_qstr=<names> ...       the interpreter's own words, before us and every few seconds

The interpreter keeps names in pools, each twice as large as the one before. How full the last one is when our
first name comes is the stand-ins' doing: here it has room for all of ours, so that none is made.
"""

# ruff: noqa: E402, I001  what is imported first is not ours

import builtins
import gc
import sys

ROLE = sys.argv[2].rpartition("-")[2].split(".")[0]  # this file is called "...-sensor.py"
EVERY_MS = 5000
NAMES = 800  # with those of the stand-ins somewhat more than 1260: the present pool then takes up to 2540

import array  # noqa: F401
import asyncio
import binascii  # noqa: F401
import collections  # noqa: F401
import errno  # noqa: F401
import framebuf  # noqa: F401
import hashlib  # noqa: F401
import json  # noqa: F401
import random  # noqa: F401
import re  # noqa: F401
import struct  # noqa: F401
import utime

import bluetooth
import cryptolib  # noqa: F401
import espnow
import micropython
import network

loaded = (
    asyncio.run,
    asyncio.StreamReader,
    asyncio.Event,
    asyncio.ThreadSafeFlag,
    asyncio.wait_for_ms,
)  # loaded when first asked for
interfaces = (network.WLAN(network.WLAN.IF_STA), network.WLAN(network.WLAN.IF_AP))
bluetooth.BLE()
radio = espnow.ESPNow()

import_before = builtins.__import__
wait_before = asyncio.core.IOQueue.wait_io_event
longest = began = 0.0
nested = 0
peak = 0


def measured_import(name, scope=None, local=None, wanted=None, level=0):
    """Import, and tell what stays on the heap; modules that are there already cost nothing."""
    global nested, peak
    if level:  # the interpreter would look for it beside this file; only one package does that
        name = "protocol." + name if name else "protocol"
    gc.collect()
    outer, nested, known = nested, 0, len(sys.modules)
    before = gc.mem_alloc()
    module = import_before(name, scope, local, wanted)
    peak = max(peak, gc.mem_alloc() - baseline)
    if len(sys.modules) == known:
        nested += outer
        return module
    gc.collect()
    stays = gc.mem_alloc() - before
    print("HEAP import", stays - nested, peak, name)
    nested = outer + stays
    return module


async def tell():
    """Tell what is on the heap, for ever."""
    global longest, began, peak
    seconds = 0
    while True:
        await asyncio.sleep_ms(EVERY_MS)
        seconds += EVERY_MS // 1000
        before = utime.ticks_us()  # the processor's clock has only ms
        gc.collect()
        print("HEAP pause", utime.ticks_diff(utime.ticks_us(), before), int(longest * 1e6))
        micropython.qstr_info()
        print("HEAP modules", *sys.modules)
        gc.collect()
        print("HEAP at", seconds, gc.mem_alloc(), radio.config("rxbuf") if radio.active() else 0)
        longest, began, peak = 0.0, utime.clock(), 0  # what we do ourselves is not the node's


def timed_wait(queue, wait_ms):
    """Wait as asyncio does after each turn of a task; note how much processor time that turn took."""
    global longest, began
    longest = max(longest, utime.clock() - began)
    wait_before(queue, wait_ms)
    began = utime.clock()


class Names:
    """Somebody to have attributes."""


for number in range(NAMES):
    setattr(Names, f"name {number}", None)
    delattr(Names, f"name {number}")
micropython.qstr_info()
telling = asyncio.create_task(tell())  # noqa: RUF006
gc.collect()
baseline = gc.mem_alloc()
print("HEAP baseline", baseline)
builtins.__import__ = measured_import
asyncio.core.IOQueue.wait_io_event = timed_wait
__import__(ROLE + ".main", None, None, ("run",)).run()
