"""What a hunt is tried on."""


def five_steps(data: bytes) -> None:
    """Fail for a sixteenth of a sixteenth and so on."""
    if len(data) < 5 or data[0] >> 4 != 0xA:
        return
    if data[1] >> 4 != 0x5:
        return
    if data[2] >> 4 != 0xC:
        return
    if data[3] >> 4 != 0x3:
        return
    if data[4] >> 4 == 0x9:
        raise KeyError(data)


class Mortal:
    """Takes one input that it does not survive."""

    def __init__(self) -> None:
        self.lives = True

    def feed(self, data: bytes) -> None:
        self.lives = self.lives and data != b"poison"
        if not self.lives:
            raise KeyError(data)


def takes_all(data: bytes) -> None:
    """Take time, or memory."""
    while data == b"Hang":
        pass
    if data == b"Greed":
        bytearray(100 << 20)[::4096] = b"x" * (100 << 8)
