"""Asks a board's page, byte by byte as it is told."""

import asyncio
import time

from simulator import Node

PATIENCE_S = 20  # the board has been given its port before it listens there


async def ask(node: Node, request: bytes) -> bytes:
    """Return the whole answer to these bytes."""
    host, port = node.web_url.removeprefix("http://").split(":")
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, int(port))
            break
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.05)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer
