"""Resets that are counted, an I2C bus that a test looks at."""

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = range(1, 6)
cause = PWRON_RESET
at_reset = []  # called at each reset, of which a test sees the number


resets = 0


def reset():
    global resets
    resets += 1
    for one in at_reset:
        one()


def reset_cause():
    return cause


class RTC:
    value = None
    kept = b""

    def memory(self, data=None):
        if data is None:
            return RTC.kept
        RTC.kept = bytes(data)
        return None

    def datetime(self, value):
        RTC.value = value


class WDT:
    timeout = None
    feeds = 0

    def __init__(self, timeout):
        WDT.timeout = timeout

    def feed(self):
        WDT.feeds += 1


class Pin:
    IN, OUT, PULL_UP, IRQ_FALLING = 0, 1, 2, 4
    levels = {}  # number -> level; an input that nobody touches is high
    handlers = {}

    def __init__(self, number, mode=0, pull=0, value=None):
        if not 0 <= number <= 39:
            raise ValueError("invalid pin")
        self.number = number
        if value is not None:
            Pin.levels[number] = value

    def value(self, level=None):
        if level is None:
            return Pin.levels.get(self.number, 1)
        Pin.levels[self.number] = int(level)
        return None

    def irq(self, handler, trigger):
        Pin.handlers[self.number] = handler


class I2C:
    present = [0x3C]
    written = []
    broken = False

    def __init__(self, number, scl, sda, freq):
        self.freq = freq

    def scan(self):
        return I2C.present

    def writeto(self, address, data):
        if I2C.broken or address not in I2C.present:
            raise OSError(19)
        I2C.written.append(bytes(data))
