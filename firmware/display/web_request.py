"""What a browser asks for, read within limits: one line and some headers, and no body."""

MOST_LINE = 256  # bytes of the request line, and of a header that means something to us
MOST_HEAD = 4096  # bytes of line and headers; browsers send 400 to 700
CHUNK = 128
METHODS = ("GET", "HEAD")


class Refused(Exception):
    """A request that is answered by a status alone."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Request:
    """Method, path and the tag of what the browser has already."""

    def __init__(self, line: bytes) -> None:
        words = line.split(b" ")
        if len(words) != 3 or not words[1].startswith(b"/") or not words[2].startswith(b"HTTP/1."):
            raise Refused(400)
        try:
            self.method = words[0].decode()
            self.path = words[1].split(b"?")[0].decode()
        except UnicodeError:
            raise Refused(400) from None
        self.tag = b""
        if self.method not in METHODS:
            raise Refused(405)

    def take(self, header: bytes) -> None:
        """Take one header line."""
        name, colon, value = header.partition(b":")
        if not colon or not name or b" " in name:
            raise Refused(400)
        name, value = name.lower(), value.strip()
        if name == b"if-none-match":
            self.tag = value
        elif name == b"transfer-encoding" or (name == b"content-length" and value != b"0"):
            raise Refused(413)
        elif name == b"host" and not is_own(value):
            raise Refused(421)


async def read(stream):
    """Return the request; None when the browser has gone without one."""
    request = None
    rest = b""
    total = 0
    while True:
        chunk = await stream.read(CHUNK)
        if not chunk:
            return None
        total += len(chunk)
        if total > MOST_HEAD:
            raise Refused(431)
        rest += chunk
        while True:
            line, feed, after = rest.partition(b"\n")
            if not feed:
                break
            rest = after
            line = line.strip()
            if request is None:
                if len(line) > MOST_LINE:
                    raise Refused(414)
                request = Request(line)
            elif not line:
                return request
            elif len(line) <= MOST_LINE:
                request.take(line)
        if len(rest) > MOST_LINE:
            if request is None:
                raise Refused(414)
            rest = rest[:MOST_LINE] + b"~"  # too long to mean anything, whatever follows in it


def is_own(host: bytes) -> bool:
    """Tell whether a Host header can be meant for a board in the house: an address, or a name without a domain.

    A page of somebody else's could have its own name point here (DNS rebinding), and would read what we say.
    """
    name = host.lower().rpartition(b":")[0] if b":" in host else host.lower()
    if b"." not in name or name.endswith(b".local"):
        return True
    parts = name.split(b".")
    return len(parts) == 4 and all(part.isdigit() for part in parts)
