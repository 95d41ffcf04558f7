"""Runs in the node's process first: joins the world, then does what main.py does on the chip.

argv: file descriptor of the wire, entry ("sensor.main" or a file), stand-ins, then the other paths.
"""

import sys

import vfs

descriptor, entry = int(sys.argv[1]), sys.argv[2]
# The stand-ins come first: an extensible built-in module gives way to a file of its name.
sys.path[:] = [sys.argv[3]]
for number, folder in enumerate(sys.argv[4:]):
    # As short as on a board: the interpreter keeps the path of every module it has ever read.
    vfs.mount(vfs.VfsPosix(folder), f"/{number}")
    sys.path.append(f"/{number}")
sys.path.append(".frozen")


def die_with_the_world():
    """Have the kernel end this process when its parent ends, however that happens."""
    try:
        import ffi

        set_death_signal = ffi.open("libc.so.6").func("i", "prctl", "iiiii")
        set_death_signal(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL
    except (ImportError, OSError):
        pass  # the wire closes as well


die_with_the_world()

import micropython

micropython.opt_level(3)  # stand-ins without line numbers: the collector has less to look through

import _link
import _operations as op

_link.start(descriptor)

import os  # noqa: F401
import random

if _link.seed:
    random.seed(int.from_bytes(_link.seed[:4], "little"))

import _micropython
import _tasks

sys.modules["micropython"] = _micropython
sys.modules["_asyncio"] = _tasks  # a built-in that is not extensible, but this is looked at first

import gc
import select
import time  # noqa: F401

import _flash
import _occupied  # noqa: F401
import bluetooth  # noqa: F401  all stand-ins now: their memory is not the firmware's
import esp32  # noqa: F401
import espnow  # noqa: F401
import machine
import network  # noqa: F401

micropython.opt_level(0)


def run():
    """Import the entry module and call its run(), or execute the file."""
    if entry.endswith(".py"):
        with open(entry) as file:
            source = file.read()
        exec(compile(source, entry, "exec"), {"__name__": "__main__"})
        return
    module = __import__(entry)
    for name in entry.split(".")[1:]:
        module = getattr(module, name)
    module.run()


def prompt():
    """Sit at the REPL as a chip does when main.py has ended; Ctrl-D restarts."""
    _micropython.kbd_intr(-1)
    print("MicroPython v1.29.0; twin\r\n>>> ", end="")
    names = {"__name__": "__main__"}
    while True:
        typed = _typed()
        if typed in (b"", b"\x04"):
            machine.soft_reset()
        if typed == b"\x01":
            raw_prompt(names)


def raw_prompt(names):
    """Speak with programs as the raw REPL does (docs/reference/repl.rst): code up to Ctrl-D, output, errors."""
    code = b""
    _say(b"raw REPL; CTRL-B to exit\r\n>")
    while True:
        typed = _typed()
        if typed == b"\x05" and not code:  # raw paste, A and Ctrl-A follow
            _typed(), _typed()
            code, typed = _pasted(), b"\x04"
            _say(b"\x04")
        elif typed == b"\x04":
            _say(b"OK")
        if typed == b"\x04":
            _execute(code, names)
            code = b""
        elif typed == b"\x02":
            print("\r\n>>> ", end="")
            return
        elif typed in (b"\x01", b"\x03", b"\r", b"\n") and not code:
            if typed == b"\x01":
                _say(b"raw REPL; CTRL-B to exit\r\n>")
        else:
            code += typed


def _pasted():
    """Return code up to Ctrl-D, asking for each window of it: the ring behind the port is small."""
    window = 128
    _say(b"R\x01" + window.to_bytes(2, "little"))
    code = bytearray()
    while True:
        typed = _typed()
        if typed == b"\x04":
            return bytes(code)
        code += typed
        if len(code) % window == 0:
            _say(b"\x01")


def _execute(code, names):
    try:
        exec(code, names)
        _say(b"\x04")
    except Exception as error:
        _say(b"\x04")
        sys.print_exception(error, sys.stdout)
    _say(b"\x04>")


def _say(data):
    sys.stdout.buffer.write(data)


def _typed():
    _keyboard.poll()
    return sys.stdin.buffer.read(1)


_keyboard = select.poll()
_keyboard.register(sys.stdin, select.POLLIN)
_flash.mount(_link.flash_blocks)
gc.collect()
_link.ask(op.HEAP_INFO, gc.mem_alloc(), gc.mem_free())
try:
    run()
except SystemExit:
    machine.soft_reset()
except BaseException as error:
    sys.print_exception(error, sys.stdout)
    _link.ask(op.CRASHED, body=repr(error).encode())
prompt()
