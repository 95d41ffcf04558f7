"""An SH1106: sold as an SSD1306, with 132 columns of memory and page addressing only (SH1106 data sheet)."""

from .ssd1306 import Ssd1306

COLUMN_OFFSET = 2
# What an SSD1306 has beyond it, each with arguments that the SH1106 takes for commands of their own.
_UNKNOWN = (0x20, 0x21, 0x22, 0x26, 0x27, 0x29, 0x2A, 0x2E, 0x2F, 0x8D, 0xA3)


class Sh1106(Ssd1306):
    """Ignores addressing modes and windows; a row's end does not lead into the next."""

    def __init__(self) -> None:
        super().__init__(COLUMN_OFFSET)

    def _command(self, byte: int) -> None:
        if not self._pending and byte in _UNKNOWN:
            return
        super()._command(byte)
