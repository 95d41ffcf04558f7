"""What a node can ask of the flash chip under its file system."""

from typing import TYPE_CHECKING

from .flash import ERASE_US, WRITE_US
from .standins import _operations as op

if TYPE_CHECKING:
    from .node import Node
    from .requests import Answer, Request


def _write(node: Node, request: Request) -> Answer:
    done = node.chip.write(request.a, request.b, request.body)
    return _answer_after(node, WRITE_US) if done else None


def _erase(node: Node, request: Request) -> Answer:
    done = node.chip.erase(request.a)
    return _answer_after(node, ERASE_US) if done else None


def _answer_after(node: Node, duration_us: int) -> Answer:
    if not node.chip.slow:
        return 0
    life = node.life
    node.world.timeline.after(duration_us, lambda: node.answer(0) if node.life == life else None)
    return None


FLASH_REQUESTS = {
    op.FLASH_WRITE: _write,
    op.FLASH_ERASE: _erase,
}
