"""The wire to the world: one request, one answer, and every outside effect goes through it."""

import array
import sys

import micropython
import uselect
import utime

import _operations as op

FOREVER = -1

_MOST_POSTED = 8
_asked = array.array("i", [0] * op.WORDS_ASKED * (_MOST_POSTED + 1))
_answered = array.array("i", [0] * op.WORDS_ANSWERED)
_body = bytearray(op.MAX_BODY)
_events = bytearray(op.MAX_EVENTS)
_events_view = memoryview(_events)
_body_view = memoryview(_body)
_wire = None
_posted = 0  # requests that go out with the next one

frame = bytearray(op.MAX_BODY)  # the oldest ESP-NOW packet, which came with the answer to a wait
frame_length = 0

handlers = {}  # kind of event -> function(view of the rest)
timers = []  # machine.Timer objects that are running
in_handler = False
interrupted = False
flags = 0

_real_time = True
_mark = 0  # utime.ticks_us() at the last answer
_spent = 0  # virtual time: what the node's own doing has cost since the last answer
_age = 0  # of the event that a handler is being shown
_COST_OF_READING_TIME = 5
_COST_OF_ASKING = 20
_JUST_US = 300  # an answer this young has brought every interrupt there was
_LONGEST_US = 1000  # virtual time: a program that computes is interrupted this often
_TICKS = (1 << 30) - 1
_LONGEST_WAIT_US = 1 << 28  # ticks_us() wraps after 1 << 30


identity = b""  # the base MAC
cause = op.POWER_ON
flash_blocks = 0  # of the chip under the file system
switches = 0
seed = b""  # of everything random on this board in this life; empty in real time


def start(descriptor):
    """Take over the wire that the world left open at this file descriptor."""
    global _wire, _real_time, identity, cause, flash_blocks, switches, seed
    _wire = open(descriptor, "r+b")
    _real_time = bool(ask(op.START))
    identity = bytes(_body_view[:6])
    cause = _body[6]
    flash_blocks = _body[7] | _body[8] << 8
    switches = _body[9]
    seed = bytes(_body_view[10 : _answered[7]])


def ask(operation, a=0, b=0, c=0, body=None, into=None):
    """Send a request, wait for its answer, let interrupts happen, return the result."""
    _send(operation, a, b, c, body)
    return _take_answer(into)


def ask_body(operation, a=0, b=0, c=0, body=None):
    """Send a request whose answer is bytes; None when the result is negative."""
    answer = bytearray(op.MAX_BODY)
    length = ask(operation, a, b, c, body, answer)
    return None if length < 0 else bytes(memoryview(answer)[:length])


def post(operation, a=0, b=0, c=0):
    """Ask for what has no answer worth waiting for: it goes out with the next request, and is done in its own time."""
    global _posted, _spent
    if _real_time or in_handler or _posted == _MOST_POSTED:
        ask(operation, a, b, c)
        return
    _write(operation | op.POSTED, a, b, c)
    _posted += 1
    _spent += _COST_OF_ASKING


def take_frame():
    """Take the packet in `frame`; return its length, 0 when none came with the last wait."""
    global frame_length, flags
    length = frame_length
    if length:
        frame_length = 0
        post(op.RECEIVE)
        if not flags & op.MORE_FRAMES:
            flags &= ~op.FRAME_WAITING
    return length


def _send(operation, a, b, c, body):
    global _posted
    if in_handler:
        operation |= op.IN_HANDLER
    if _age:
        operation |= op.BELATED
    at = _write(operation, a, b, c)
    _asked[at + 5] = len(body) if body is not None else 0
    _posted = 0
    _wire.write(_asked, 4 * (at + op.WORDS_ASKED))
    if body is not None and len(body):
        _wire.write(body)


def _write(operation, a, b, c):
    """Put a request behind those that were posted; return where."""
    at = op.WORDS_ASKED * _posted
    _asked[at] = operation
    _asked[at + 1] = _spent + _COST_OF_ASKING
    _asked[at + 2] = a
    _asked[at + 3] = b
    _asked[at + 4] = c
    _asked[at + 5] = 0
    return at


def _read(buffer, length):
    if length and _wire.readinto(buffer, length) != length:
        sys.exit()  # the world is gone


def _take_answer(into, is_wait=False):
    global _mark, _spent, _age, flags, frame_length
    _read(_answered, 4 * op.WORDS_ANSWERED)
    _mark = utime.ticks_us()
    _spent = _age = 0
    flags = _answered[5]
    result = _answered[6]
    _read(_body if into is None else into, _answered[7])
    if is_wait:
        frame_length = _answered[7]
    length = _answered[8]
    if length:
        _read(_events, length)
        _deliver(length)
    if timers and not in_handler:
        _run_timers()
    if interrupted and not in_handler:
        _stop_program()
    return result


def _deliver(length):
    global in_handler, _age, _spent
    at = 0
    in_handler = True
    while at < length:
        _age = _events[at] | _events[at + 1] << 8 | _events[at + 2] << 16 | _events[at + 3] << 24
        spent = _spent
        kind = _events[at + 4]
        size = _events[at + 5] | _events[at + 6] << 8
        at += 7
        handler = handlers.get(kind)
        if handler:
            handler(_events_view[at : at + size])
        # what an interrupt handler was shown is no longer there when it has returned
        for index in range(at, at if switches & op.VIEWS_LAST else at + size):
            _events[index] = 0xA5
        at += size
        if _age:
            _spent = spent  # it ran while the program slept
    in_handler = False
    _age = 0


def _interrupt(_):
    global interrupted
    interrupted = True


handlers[op.INTERRUPTED] = _interrupt


def _stop_program():
    global interrupted
    interrupted = False
    raise KeyboardInterrupt


def elapsed_us():
    """Return the µs since the last answer."""
    global _spent
    if _real_time:
        return utime.ticks_diff(utime.ticks_us(), _mark)
    if _spent > _LONGEST_US and not _age:
        turn()  # else a loop that waits for the clock would hold up the world
    _spent += _COST_OF_READING_TIME
    return _spent - _age


def ticks_ms():
    return _answered[0] + (_answered[1] + elapsed_us()) // 1000 & _TICKS


def ticks_us():
    return _answered[2] + elapsed_us() & _TICKS


def seconds():
    """Return the chip's clock: seconds since 2000."""
    return _answered[3] + (_answered[4] + elapsed_us() // 1000) // 1000


def turn():
    """Give the world a chance to interrupt."""
    ask(op.TURN)


def just_answered():
    """Tell whether `flags` still hold, and every interrupt has happened that there was."""
    return not _real_time and _spent <= _JUST_US


def is_real_time():
    return _real_time


def look():
    """Be interrupted by whatever has happened, without asking again what was answered just now."""
    if not knows():
        turn()


def knows():
    """Tell whether what would be asked for stands in `flags`; looking there costs as much as asking."""
    global _spent
    if not just_answered():
        return False
    _spent += _COST_OF_ASKING
    return True


def wait(timeout_us, wants=0, sockets=None):
    """Wait until the time is over (True) or something happened (False); FOREVER is a time too."""
    if timers and not in_handler:
        timeout_us = _limit_by_timers(timeout_us)
    if timeout_us < 0:
        _send(op.WAIT, FOREVER, 0, wants, None)
    else:
        _send(op.WAIT, timeout_us // 1000, timeout_us % 1000, wants, None)
    if sockets is not None:
        _poke_when_ready(sockets)
    return _take_answer(frame, True) == op.WAIT_OVER


def sleep_us(duration):
    """Block for this long while interrupts happen."""
    start = ticks_us()
    left = duration
    while left > 0:
        wait(min(left, _LONGEST_WAIT_US))
        now = ticks_us()
        left -= utime.ticks_diff(now, start)
        start = now


def busy_us(duration):
    """Let time pass in a driver that holds the interpreter: no Python code runs meanwhile."""
    global in_handler, _spent
    if not _real_time:
        _spent += duration  # the next request is made when it is over
        return
    before, in_handler = in_handler, True
    sleep_us(duration)
    in_handler = before


def _poke_when_ready(sockets):
    """Web clients come from the real world: a ready socket ends the wait."""
    both = uselect.poll()
    both.register(_wire, uselect.POLLIN)
    for one, interest in sockets:
        both.register(one, interest)
    for one, _ in both.poll():
        if one is _wire:
            return
    _asked[0] = op.POKE
    _asked[1] = _asked[5] = 0
    _asked[2] = _answered[9] + 1
    _wire.write(_asked, 4 * op.WORDS_ASKED)


def _limit_by_timers(timeout_us):
    now = ticks_ms()
    for timer in timers:
        left = max(0, utime.ticks_diff(timer.due, now)) * 1000
        if timeout_us < 0 or left < timeout_us:
            timeout_us = left
    return timeout_us


def _run_timers():
    now = ticks_ms()
    for timer in list(timers):
        if utime.ticks_diff(timer.due, now) <= 0:
            timer.fire()


def schedule(function, argument):
    """Like a C interrupt: the queue holds eight, what does not fit is lost."""
    try:
        micropython.schedule(function, argument)
    except RuntimeError:
        log("schedule queue full")


def log(text):
    """Write into the world's trace."""
    ask(op.LOG, body=text.encode())
