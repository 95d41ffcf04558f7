"""Takes the tables of lines out of byte code, an eighth of it, and leaves each function the line where it begins.

A traceback then says `rest`, line 412 for everything in the function that begins there, which is enough to find it.
The format is that of .mpy version 6 (MicroPython's tools/mpy-tool.py, py/bc.h): a table of lines stands at the end of
what a function's byte code has in front, as steps of (bytes, lines); steps of no bytes tell where it begins.
"""

_MADE_OF_OTHERS = 10  # the object that is a tuple
_SINGLETONS = (0, 1, 2, 3, 4)  # objects without data
_TEXTS = (5, 6)  # str and bytes, with a zero behind


def without_lines(mpy: bytes) -> bytes:
    """Return a compiled module whose functions know their first line only."""
    if mpy[:1] != b"M" or mpy[1] != 6:
        raise ValueError("not an .mpy of version 6")
    if mpy[2] >> 2:
        raise ValueError("native code has its own places")
    reader = _Reader(mpy)
    reader.at = 4
    names, objects = reader.number(), reader.number()
    for _ in range(names):
        size = reader.number()
        if not size & 1:  # else a name that every interpreter has
            reader.at += (size >> 1) + 1
    for _ in range(objects):
        reader.pass_object()
    return mpy[: reader.at] + _code(reader)


class _Reader:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """Read seven bits a byte, the highest first."""
        value = 0
        while True:
            byte = self.byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    def pass_object(self) -> None:
        kind = self.byte()
        if kind in _SINGLETONS:
            return
        size = self.number()
        if kind == _MADE_OF_OTHERS:
            for _ in range(size):
                self.pass_object()
            return
        self.at += size + (kind in _TEXTS)


def _code(reader: _Reader) -> bytes:
    """Read one function with those inside it; return it without lines."""
    head = reader.number()
    kind, has_children, size = head & 3, head & 4, head >> 3
    if kind:
        raise ValueError("only byte code is understood")
    body = _body(reader.data[reader.at : reader.at + size])
    reader.at += size
    found = _written(len(body) << 3 | has_children | kind) + body
    if has_children:
        number = reader.number()
        found += _written(number) + b"".join([_code(reader) for _ in range(number)])
    return found


def _body(code: bytes) -> bytes:
    """Return one function's byte code with a table of lines that says where it begins and no more."""
    reader = _Reader(code)
    parameters = _parameters(reader)
    signature = reader.at
    info, cells = _sizes(reader)
    start = reader.at
    for _ in range(1 + parameters):  # its own name and theirs
        reader.number()
    while reader.at < start + info:
        length = 2 if code[reader.at] & 0x80 else 1
        steps = code[reader.at] & (0x0F if length == 2 else 0x1F)
        if steps:
            break
        reader.at += length
    kept = code[start : reader.at]
    return code[:signature] + _sizes_written(len(kept), cells) + kept + code[start + info :]


def _parameters(reader: _Reader) -> int:
    """Read a signature (MP_BC_PRELUDE_SIG_DECODE); return how many parameters have names in it."""
    byte = reader.byte()
    positional, keywords = byte & 3, 0
    shift = 0
    while byte & 0x80:
        byte = reader.byte()
        positional |= (byte & 4) << shift
        keywords |= (byte & 8) >> 3 << shift
        shift += 1
    return positional + keywords


def _sizes(reader: _Reader) -> tuple[int, int]:
    """Read the bytes of names and lines, and the number of cells (MP_BC_PRELUDE_SIZE_DECODE)."""
    info = cells = shift = 0
    while True:
        byte = reader.byte()
        info |= (byte >> 1 & 0x3F) << 6 * shift
        cells |= (byte & 1) << shift
        shift += 1
        if byte < 0x80:
            return info, cells


def _sizes_written(info: int, cells: int) -> bytes:
    found = bytearray()
    while True:
        byte = (info & 0x3F) << 1 | cells & 1
        info >>= 6
        cells >>= 1
        found.append(byte | 0x80 * bool(info or cells))
        if not (info or cells):
            return bytes(found)


def _written(number: int) -> bytes:
    found = [number & 0x7F]
    while number := number >> 7:
        found.insert(0, number & 0x7F | 0x80)
    return bytes(found)
