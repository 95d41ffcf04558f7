"""SSD1306, 128 x 64, over I2C: the only place that touches the display.

Page by page with page addressing, which the SH1106 look-alikes understand as well, and only pages that
changed: 3 ms each at 400 kHz, during which nothing else runs.
"""

from binascii import crc32

import framebuf

from node.borrowed import seldom

WIDTH = 128
HEIGHT = 64
PAGES = HEIGHT // 8
ADDRESSES = (0x3C, 0x3D)

# A page in memory is what goes over the bus: where it belongs, then its 128 columns. One transfer, no copy.
# 0x80 before each command, 0x40 before the pixels (SSD1306 data sheet, 8.1.5.2).
_HEAD = b"\x80\xb0\x80\x00\x80\x10\x40"  # page; first column in two parts
_AT_PAGE = 1
_AT_COLUMN = 3
_HEAD_LENGTH = 7
STRIDE = WIDTH + _HEAD_LENGTH

_START = (
    b"\x00"
    b"\xd5\x80"  # clock
    b"\xa8\x3f"  # 64 rows
    b"\xd3\x00"  # no offset
    b"\x8d\x14"  # charge pump on
    b"\x20\x02"  # page addressing
    b"\xa1\xc8"  # columns and rows the other way round: the connector is at the top
    b"\xda\x12"  # COM pins of a 64-row panel
    b"\xd9\xf1"  # pre-charge
    b"\xdb\x30"  # VCOMH
    b"\xa4\xa6"  # show memory, not inverted
)


class Oled:
    """A frame to draw into (`canvas`) and the way of its pages to the panel."""

    def __init__(self, i2c, offset: int = 0, brightness: int = 0xCF) -> None:
        self._i2c = i2c
        self._refreshed = 0  # the page that was sent anew last
        self._look = None
        self.look(brightness)
        self._address = 0
        self._memory = bytearray(PAGES * STRIDE)
        self._forget_sent()
        memory = memoryview(self._memory)
        self._pages = [memory[at : at + STRIDE] for at in range(0, len(memory), STRIDE)]
        for number, page in enumerate(self._pages):
            page[:_HEAD_LENGTH] = _HEAD
            page[_AT_PAGE] += number
            page[_AT_COLUMN] = offset  # an SH1106 has two columns that the panel does not show
        self.canvas = framebuf.FrameBuffer(
            memory[_HEAD_LENGTH:], WIDTH, HEIGHT, framebuf.MONO_VLSB, STRIDE
        )

    def look(self, brightness: int, first_row: int = 0, is_on: bool = True) -> None:
        """Be that bright from the next frame on, 1 … 255, begin with that row of the picture, or be dark."""
        look = (brightness, first_row, is_on)
        if look != self._look:
            self._look = look
            self._settings = _START + bytes((0x40 | first_row, 0xAE | is_on, 0x81, brightness))
            self._refreshed = PAGES - 1

    @property
    def present(self) -> bool:
        """Tell whether a panel has answered."""
        return self._address != 0

    @seldom
    def start(self) -> bool:
        """Look for the panel and switch it on; False when there is none."""
        if self._i2c is None:
            return False
        try:
            found = self._i2c.scan()
            self._address = next((one for one in ADDRESSES if one in found), 0)
            if self._address:
                self._i2c.writeto(self._address, self._settings)
                self._forget_sent()
                self._refreshed = 0
        except OSError:
            self._address = 0
        return self.present

    def show(self) -> bool:
        """Send what has changed; False when the panel does not answer any more.

        A panel that lost its power for a moment answers as before, but it is off and holds garbage: nothing
        tells. So one page is sent anew each time, and before the first of them the settings.
        """
        if not self.present:
            return False
        try:
            self._refreshed = (self._refreshed + 1) % PAGES
            if not self._refreshed:
                self._i2c.writeto(self._address, self._settings)
            whole = crc32(self._memory)
            for page in range(PAGES):
                changed = whole != self._whole and self._has_changed(page)
                if changed or page == self._refreshed:
                    self._i2c.writeto(self._address, self._pages[page])
            self._whole = whole
        except OSError:
            self._address = 0
        return self.present

    def _has_changed(self, page: int) -> bool:
        """Tell whether a page is another one than last time; its CRC takes less room than the page."""
        crc = crc32(self._pages[page])
        changed = crc != self._sent[page]
        self._sent[page] = crc
        return changed

    def _forget_sent(self) -> None:
        """Make every page count as changed."""
        self._whole = -1  # CRC of the frame
        self._sent = [-1] * PAGES  # and of its pages, as they were sent
