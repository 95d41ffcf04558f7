"""The sum check: what became of every nonce, from what the world sees and no board says.

Account is the front door. Each message (Victron MAC, nonce) has one Copy for each life of a sensor node
that heard it; copies travel in frames, frames end at a display node, which writes lines. The boards'
own counters are compared with all this, never used for it.
"""

from .account import Account

__all__ = ["Account"]
