"""`machine` of an ESP32: I2C to the world's devices, pins, resets, watchdog, clock."""

import sys

import utime

import _link
import _operations as op

PWRON_RESET = op.POWER_ON
HARD_RESET = op.HARD_RESET
WDT_RESET = op.WATCHDOG_RESET
DEEPSLEEP_RESET = op.DEEP_SLEEP
SOFT_RESET = op.SOFT_RESET
SLEEP = 2
DEEPSLEEP = 4

_ENODEV = 19
_ETIMEDOUT = 116
_DEFAULT_TIMEOUT_US = 50000
_BITS_PER_BYTE = 9  # eight and the acknowledgement


def unique_id():
    return _link.identity


def reset():
    _link.ask(op.RESET, op.HARD_RESET)


def soft_reset():
    _link.ask(op.RESET, op.SOFT_RESET)


def deepsleep(time_ms=0):
    _link.ask(op.RESET, op.DEEP_SLEEP, time_ms)


def lightsleep(time_ms=0):
    _link.sleep_us(time_ms * 1000)


def idle():
    _link.turn()


def reset_cause():
    return _link.cause


def freq(hertz=None):
    return 160000000


def disable_irq():
    return 0


def enable_irq(state):
    pass


class I2C:
    """The transfer takes its time on the bus, and the time-out counts for all of it (driver of 1.29)."""

    def __init__(self, id=0, scl=None, sda=None, freq=400000, timeout=_DEFAULT_TIMEOUT_US):
        self._freq = freq
        self._timeout = timeout

    def init(self, *args, **values):
        pass

    def scan(self):
        return list(_link.ask_body(op.I2C_SCAN))

    def writeto(self, address, data, stop=True):
        self._take_time(len(data))
        acknowledged = _link.ask(op.I2C_WRITE, address, int(stop), body=data)
        if acknowledged < 0:
            raise OSError(_ENODEV)
        return acknowledged

    def writevto(self, address, vector, stop=True):
        return self.writeto(address, b"".join([bytes(part) for part in vector]), stop)

    def writeto_mem(self, address, register, data, addrsize=8):
        self.writeto(address, register.to_bytes(addrsize // 8, "big") + bytes(data))

    def readfrom(self, address, length, stop=True):
        self._take_time(length)
        data = _link.ask_body(op.I2C_READ, address, length)
        if data is None:
            raise OSError(_ENODEV)
        return data

    def readfrom_into(self, address, buffer, stop=True):
        buffer[:] = self.readfrom(address, len(buffer), stop)

    def readfrom_mem(self, address, register, length, addrsize=8):
        self.writeto(address, register.to_bytes(addrsize // 8, "big"), False)
        return self.readfrom(address, length)

    def _take_time(self, length):
        duration = (length + 1) * _BITS_PER_BYTE * 1000000 // self._freq
        if duration > self._timeout:
            raise OSError(_ETIMEDOUT)
        _link.busy_us(duration)


class SoftI2C(I2C):
    def __init__(self, scl=None, sda=None, freq=400000, timeout=_DEFAULT_TIMEOUT_US):
        super().__init__(0, scl, sda, freq, timeout)

    def _take_time(self, length):
        _link.busy_us((length + 1) * _BITS_PER_BYTE * 1000000 // self._freq)


class Pin:
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    _watchers = {}

    def __init__(self, id, mode=-1, pull=-1, value=None, drive=0, hold=None):
        self._id = id
        if value is not None:
            self.value(value)

    def init(self, *args, **values):
        if "value" in values:
            self.value(values["value"])

    def value(self, level=None):
        if level is None:
            return _link.ask(op.PIN_READ, self._id)
        _link.ask(op.PIN_WRITE, self._id, int(bool(level)))
        return None

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING, wake=None):
        Pin._watchers[self._id] = (self, handler, trigger)


def _pin_changed(view):
    watcher = Pin._watchers.get(view[0])
    if watcher and watcher[1] and watcher[2] & (Pin.IRQ_RISING if view[1] else Pin.IRQ_FALLING):
        _link.schedule(watcher[1], watcher[0])


_link.handlers[op.PIN_CHANGED] = _pin_changed


class Timer:
    ONE_SHOT = 0
    PERIODIC = 1

    def __init__(self, id=-1, **values):
        if values:
            self.init(**values)

    def init(self, mode=PERIODIC, freq=-1, period=-1, callback=None, **_):
        self.deinit()
        self._period = period if period > 0 else int(1000 / freq)
        self._once = mode == self.ONE_SHOT
        self._callback = callback
        self.due = utime.ticks_add(_link.ticks_ms(), self._period)
        _link.timers.append(self)

    def deinit(self):
        if self in _link.timers:
            _link.timers.remove(self)

    def fire(self):
        self.due = utime.ticks_add(self.due, self._period)
        if self._once:
            self.deinit()
        if self._callback:
            _link.schedule(self._callback, self)


class WDT:
    """Cannot be stopped; the world resets the node when it is not fed."""

    def __init__(self, id=0, timeout=5000):
        if timeout < 1:
            raise ValueError("WDT timeout too short")
        _link.ask(op.WATCHDOG, timeout)

    def feed(self):
        _link.post(op.WATCHDOG, 0)


class RTC:
    def memory(self, data=None):
        if data is None:
            return _link.ask_body(op.RTC_MEMORY_GET)
        if isinstance(data, str):
            data = data.encode()
        if len(data) > 2048:
            raise ValueError("buffer too long")
        _link.ask(op.RTC_MEMORY_SET, body=data)
        return None

    def datetime(self, moment=None):
        import time

        if moment is not None:
            year, month, day, _, hour, minute, second = moment[:7]
            seconds = time.mktime((year, month, day, hour, minute, second, 0, 0))
            _link.ask(op.RTC_SET, seconds)
            return None
        year, month, day, hour, minute, second, weekday, _ = time.gmtime()
        return (year, month, day, weekday, hour, minute, second, 0)

    init = datetime


class UART:
    """Only the console's speed can be changed here; its bytes are those of stdin and stdout."""

    def __init__(self, id=0, *args, **values):
        if id != 0:
            raise ValueError("UART(%d) does not exist" % id)

    def init(self, *args, **values):
        pass

    def write(self, data):
        return sys.stdout.buffer.write(data)
