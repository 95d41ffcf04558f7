"""An SSD1306 as its controller sees the I2C bytes (SSD1306 data sheet, 9, 10)."""

from random import Random

WIDTH, HEIGHT = 128, 64
PAGES = HEIGHT // 8
_HORIZONTAL, _VERTICAL, _PAGE = 0, 1, 2

# Commands with arguments: first byte -> how many follow.
_ARGUMENTS = {
    0x20: 1, 0x21: 2, 0x22: 2, 0x26: 6, 0x27: 6, 0x29: 5, 0x2A: 5, 0x81: 1, 0x8D: 1, 0xA3: 2,
    0xA8: 1, 0xAD: 1, 0xD3: 1, 0xD5: 1, 0xD8: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1, 0xFD: 1,
}  # fmt: skip


class Ssd1306:
    """Graphics memory, and the registers that say how it is shown."""

    def __init__(self, column_offset: int = 0) -> None:
        # an SH1106 has 132 columns, of which the panel shows those from 2 on
        self._offset = column_offset
        self._forget()

    def _forget(self) -> None:
        self._columns = WIDTH + 2 * self._offset
        self.memory = bytearray(self._columns * PAGES)
        self.on = False
        self.inverse = False
        self.all_on = False
        self.contrast = 0x7F
        self.charge_pump = False
        self.mirrored = False  # segment remap
        self.upside_down = False  # COM scan direction
        self.start_line = 0
        self.transfers = 0
        self.unknown_commands: list[int] = []
        self._mode = _PAGE  # the reset value
        self._column = self._page = 0
        self._column_window = (0, self._columns - 1)
        self._page_window = (0, PAGES - 1)
        self._pending: list[int] = []

    def lose_power(self, random: Random) -> None:
        """Begin anew: everything as after a reset, and in the memory whatever is there by chance."""
        self._forget()
        self.memory[:] = random.randbytes(len(self.memory))

    def write(self, data: bytes) -> None:
        """Take one transfer: control bytes say whether commands or pixels follow."""
        self.transfers += 1
        at = 0
        while at < len(data):
            control = data[at]
            is_data, single = control & 0x40, control & 0x80
            end = at + 2 if single else len(data)
            if is_data:
                self._take_pixels(data[at + 1 : end])
            else:
                for byte in data[at + 1 : end]:
                    self._command(byte)
            at = end

    def read(self, length: int) -> bytes:
        """Give the status byte: bit 6 says that the panel is off."""
        return bytes([0x00 if self.on else 0x40]) * length

    def _take_pixels(self, data: bytes) -> None:
        start = self._page * self._columns + self._column
        if self._mode == _PAGE and self._column + len(data) <= self._columns:
            self.memory[start : start + len(data)] = data  # the usual case at once
            self._column = (self._column + len(data)) % self._columns
            return
        for byte in data:
            self._data(byte)

    def _data(self, byte: int) -> None:
        self.memory[self._page * self._columns + self._column] = byte
        if self._mode == _PAGE:
            self._column = (self._column + 1) % self._columns
            return
        if self._mode == _HORIZONTAL:
            self._column, carry = _next(self._column, self._column_window)
            if carry:
                self._page, _ = _next(self._page, self._page_window)
            return
        self._page, carry = _next(self._page, self._page_window)
        if carry:
            self._column, _ = _next(self._column, self._column_window)

    def _command(self, byte: int) -> None:
        self._pending.append(byte)
        first = self._pending[0]
        if len(self._pending) <= _ARGUMENTS.get(first, 0):
            return
        arguments = self._pending[1:]
        self._pending.clear()
        self._execute(first, arguments)

    def _execute(self, command: int, arguments: list[int]) -> None:
        if command < 0x10:
            self._column = (self._column & 0xF0 | command) % self._columns
        elif command < 0x20:
            self._column = (self._column & 0x0F | (command & 0x0F) << 4) % self._columns
        elif 0x40 <= command <= 0x7F:
            self.start_line = command & 0x3F
        elif 0xB0 <= command <= 0xB7:
            self._page = command & 0x07
        elif command in _SETTINGS:
            name, value = _SETTINGS[command]
            setattr(self, name, value)
        elif command == 0x20:
            self._mode = arguments[0] & 3
        elif command == 0x21:
            self._column_window = _window(arguments, self._columns)
            self._column = self._column_window[0]
        elif command == 0x22:
            self._page_window = _window(arguments, PAGES)
            self._page = self._page_window[0]
        elif command == 0x81:
            self.contrast = arguments[0]
        elif command == 0x8D:
            self.charge_pump = bool(arguments[0] & 0x04)
        elif command not in _ARGUMENTS and command not in _IGNORED:
            self.unknown_commands.append(command)

    def pixel(self, x: int, y: int) -> bool:
        """Tell whether the panel shines at this place, as its viewer sees it."""
        if not self.on:
            return False
        if self.all_on:
            return True
        # The module is mounted so that remapped (A1, C8), the usual setting, is upright.
        column = (x if self.mirrored else WIDTH - 1 - x) + self._offset
        row = (y if self.upside_down else HEIGHT - 1 - y) + self.start_line & 63
        bit = self.memory[(row >> 3) * self._columns + column] >> (row & 7) & 1
        return bool(bit) != self.inverse

    def rows(self) -> list[list[bool]]:
        """Return the picture, line by line."""
        return [[self.pixel(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]

    def text(self) -> str:
        """Return the picture as characters, two lines of it to one of text."""
        rows = self.rows()
        return "\n".join(
            "".join(" ▀▄█"[upper + 2 * lower] for upper, lower in zip(*pair, strict=True)).rstrip()
            for pair in zip(rows[::2], rows[1::2], strict=True)
        )

    def png(self, path: object, scale: int = 4) -> None:
        """Draw the panel."""
        from .panel import draw

        draw(self, path, scale)


_SETTINGS: dict[int, tuple[str, bool]] = {
    0xA0: ("mirrored", False),
    0xA1: ("mirrored", True),
    0xA4: ("all_on", False),
    0xA5: ("all_on", True),
    0xA6: ("inverse", False),
    0xA7: ("inverse", True),
    0xAE: ("on", False),
    0xAF: ("on", True),
    0xC0: ("upside_down", False),
    0xC8: ("upside_down", True),
}
_IGNORED = (0x2E, 0x2F, 0xE3, 0x30, 0x31, 0x32, 0x33)


def _next(value: int, window: tuple[int, int]) -> tuple[int, bool]:
    return (window[0], True) if value >= window[1] else (value + 1, False)


def _window(arguments: list[int], size: int) -> tuple[int, int]:
    first, last = (min(argument, size - 1) for argument in arguments)
    return first, last
