"""A stream cut into raw lines, as `protocol.serial_line.LineReader` does it byte by byte on a board."""

from .protocol.serial_line import MAX_LINE


class LineCutter:
    """Keeps the line that is under way, and no more of it than a line may hold."""

    def __init__(self) -> None:
        """Begin between two lines."""
        self.too_long = 0
        self._begun = b""  # one byte more than MAX_LINE: the line is being skipped

    def feed(self, data: bytes) -> list[bytes]:
        """Take what came in, give the lines that are complete with it."""
        # A line ends at a newline, and before a '#': the next one was cut into it.
        pieces = data.replace(b"\r", b"\n").replace(b"#", b"\n#").split(b"\n")
        pieces[0] = self._begun + pieces[0]
        self._begun = pieces.pop()[: MAX_LINE + 1]
        lines = [piece for piece in pieces if piece]
        whole = [line for line in lines if len(line) <= MAX_LINE]
        self.too_long += len(lines) - len(whole)
        return whole
