"""Resets that are counted, an I2C bus that a test looks at."""

at_reset = []  # called at each reset, of which a test sees the number


resets = 0


def reset():
    global resets
    resets += 1
    for one in at_reset:
        one()


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
    def __init__(self, number):
        self.number = number


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
