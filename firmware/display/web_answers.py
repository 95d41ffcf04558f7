"""What is answered to a browser: one of a few files, or the present state; in memory only while somebody asks."""

import binascii
import os

from display import web_request, web_state
from node.beside import place

PIECE = 512  # bytes read from flash at once
MOST_LEFT = 8192  # bytes behind a request that are read away
# path: (file beside the program, its type); made by firmware/image/page.py
FILES = {
    "/": ("page.html.gz", "text/html; charset=utf-8"),
    "/manifest.json": ("page.json.gz", "application/manifest+json"),
    "/icon.png": ("page.png", "image/png"),
}
WORDS = "/words/"  # of a language, two letters
STATE = "/api/state"
TRAILER = 8  # bytes

REASONS = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    414: "URI Too Long",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
}


async def answer(stream, node) -> str:
    """Answer one request; return why it was refused, "" if it was not."""
    reason = await _answer(stream, node)
    # TCP would tell of what nobody has read as of a failure, and the browser would not see the answer.
    for _ in range(MOST_LEFT // PIECE):
        if not stream.s.read(PIECE):
            break
    return reason


async def _answer(stream, node) -> str:
    try:
        request = await web_request.read(stream)
        if request is None:
            return "web_gone"
        whole = request.method == "GET"
        if request.path == STATE:
            await _send_state(stream, node, whole)
        else:
            await _send_file(stream, request, whole)
    except web_request.Refused as error:
        await _send_refusal(stream, error.status)
        return f"web_{error.status}"
    return ""


async def _send_head(stream, status: str, *headers) -> None:
    lines = ("HTTP/1.1 " + status, "Connection: close", "X-Content-Type-Options: nosniff") + headers
    stream.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    await stream.drain()


async def _send_refusal(stream, status: int) -> None:
    text = f"{status} {REASONS[status]}"
    headers = ["Content-Type: text/plain", f"Content-Length: {len(text) + 1}"]
    if status == 405:
        headers.append("Allow: GET, HEAD")
    await _send_head(stream, text, *headers)
    stream.write(text.encode() + b"\n")
    await stream.drain()


async def _send_state(stream, node, whole: bool) -> None:
    """Send the state piece by piece; its length is not known before its end."""
    await _send_head(stream, "200 OK", "Content-Type: application/json", "Cache-Control: no-store")
    if not whole:
        return
    for piece in web_state.pieces(node):
        stream.write(piece.encode())
        await stream.drain()


async def _send_file(stream, request, whole: bool) -> None:
    name, kind = _file_of(request.path)
    try:
        path = place(name)
    except OSError:
        raise web_request.Refused(404) from None
    with open(path, "rb") as file:
        tag = _tag_of(file)
        headers = ["ETag: " + tag, "Cache-Control: no-cache"]  # ask, but do not fetch it again
        if tag.encode() in request.tag:
            await _send_head(stream, "304 Not Modified", *headers)
            return
        headers += ["Content-Type: " + kind, f"Content-Length: {os.stat(path)[6]}"]
        if name.endswith(".gz"):
            headers.append("Content-Encoding: gzip")
        await _send_head(stream, "200 OK", *headers)
        buffer = memoryview(bytearray(PIECE))
        while whole:
            length = file.readinto(buffer)
            if not length:
                return
            stream.write(buffer[:length])
            await stream.drain()


def _file_of(path: str) -> tuple:
    """Return the name of the file that is asked for, and its type."""
    if path.startswith(WORDS):
        code = path[len(WORDS) :]
        if len(code) == 2 and code.isalpha():
            return f"page.{code}.gz", "application/json"
    elif path in FILES:
        return FILES[path]
    raise web_request.Refused(404)


def _tag_of(file) -> str:
    """Return what names this very content: gzip ends with a CRC and a length, PNG with a CRC that never changes.

    So the picture has the same tag for ever, and the page another one with every change.
    """
    file.seek(-TRAILER, 2)
    tag = binascii.hexlify(file.read(TRAILER)).decode()
    file.seek(0)
    return f'"{tag}"'
