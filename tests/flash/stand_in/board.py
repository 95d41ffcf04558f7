"""A board: its reset circuit decides from DTR and RTS whether the boot loader runs or what is in flash."""

from collections.abc import Callable

from .rom_loader import RomLoader

MAC = bytes.fromhex("240AC4112233")
ROM_TEXT = b"rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n"


class Board:
    """The two transistors of the usual circuit: reset is RTS without DTR, BOOT is DTR without RTS."""

    def __init__(self, chip: str = "esp32", flash_mb: int = 4) -> None:
        self.flash = bytearray(b"\xff" * (flash_mb << 20))
        self.loader = RomLoader(chip, self.flash, MAC, self._emit)
        self.powered = True
        self.auto_reset = True  # False: a board without that circuit
        self.hear: Callable[[bytes], None] = lambda _data: None  # the host
        self.run: Callable[[], None] = lambda: None  # start what is in flash
        self.stop: Callable[[], None] = lambda: None
        self.to_program: Callable[[bytes], None] = lambda _data: None
        self.later: Callable[[Callable[[], None]], None] = lambda act: (
            act()
        )  # when the capacitor is charged
        self.dtr = self.rts = False
        self.in_loader = False
        self._starts = 0
        self._released = False

    def _emit(self, data: bytes) -> None:
        if self.powered:
            self.hear(data)

    def feed(self, data: bytes, baud: int) -> None:
        """Take what the host sends; at another speed than the board's it is nothing that could be read."""
        if not self.powered:
            return
        if self.in_loader and baud != self.loader.baud:
            return
        if self.in_loader:
            self.loader.feed(data)
        else:
            self.to_program(data)

    def lose_power(self) -> None:
        """Be off until the next reset."""
        self.powered = False
        self.stop()

    def press_reset(self, hold_boot: bool = False) -> None:
        """Press the button EN; with BOOT held the boot loader starts."""
        self._hold()
        if hold_boot:
            self._start_loader()
        else:
            self.run()

    def set_lines(self, dtr: bool | None = None, rts: bool | None = None) -> None:
        """Change the modem lines."""
        was_reset = self.rts and not self.dtr
        self.dtr = self.dtr if dtr is None else dtr
        self.rts = self.rts if rts is None else rts
        if not self.auto_reset:
            return
        is_reset = self.rts and not self.dtr
        if is_reset and not was_reset:
            self._hold()
        elif was_reset and not is_reset:
            self._released = True
            self._starts += 1
            self.later(lambda number=self._starts: self._charged(number))
        # The capacitor at EN holds the chip a little longer: BOOT counts until then.
        if self._released and self.dtr and not self.rts:
            self._start_loader()

    def _hold(self) -> None:
        self.stop()
        self.powered = True
        self.in_loader = self._released = False

    def _charged(self, number: int) -> None:
        if self._released and number == self._starts:
            self._released = False
            self.run()

    def _start_loader(self) -> None:
        self._released = False
        self.in_loader = True
        self.loader.restart()
        self._emit(ROM_TEXT)
