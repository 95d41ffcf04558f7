"""How a sensor node is doing, told by itself now and then: the body of a state frame.

A table of its own, since both ends need it rarely. It grows at its end only.
"""

import struct

from .radio_frame import HEADER, MalformedBody

TYPE_CHECKING = False  # MicroPython has no typing module; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# in the order of the body; names as in the host's `node` line
FIELDS = (
    ("order", "I"),  # the newest one carried out, 0: none
    ("uptime_s", "I"),
    ("heap_free", "I"),
    ("heap_low", "I"),
    ("repeats", "I"),
    ("late", "I"),
    ("acknowledged", "I"),
    ("unacknowledged", "I"),
    ("refused", "I"),
    ("receipts", "I"),
    ("missing_receipts", "I"),
    ("paused_ms", "I"),  # the scan, for the radio's sake
    ("boots", "H"),
    ("sweeps", "H"),
    ("scan_faults", "H"),
    ("restarts", "H"),
    ("interval_s", "I"),
    ("reset", "B"),
    ("channel", "B"),
    ("down_rssi", "b"),
)
_LAYOUT = "<" + "".join([code for _, code in FIELDS])
_LARGEST = {"I": 0xFFFFFFFF, "H": 0xFFFF, "B": 0xFF, "b": 0x7F}
RESETS = ("unknown", "power_on", "reset", "watchdog", "deep_sleep", "soft")
TEXTS = ("fw", "mp", "name", "result")  # each one byte length and UTF-8
MOST_TEXT = 32


def pack_state(buffer: bytearray, values: "dict[str, Any]", texts: "Sequence[str]") -> int:
    """Write the body; what is not in `values` is 0, what is too large the largest; return its length."""
    reset = values.get("reset")
    values["reset"] = RESETS.index(reset) if reset in RESETS else 0
    numbers = [min(values.get(name, 0), _LARGEST[code]) for name, code in FIELDS]
    struct.pack_into(_LAYOUT, buffer, HEADER, *numbers)
    end = HEADER + struct.calcsize(_LAYOUT)
    for text in texts:
        data = text.encode()[:MOST_TEXT]
        buffer[end] = len(data)
        buffer[end + 1 : end + 1 + len(data)] = data
        end += 1 + len(data)
    return end - HEADER


def unpack_state(body: "bytes | memoryview") -> "dict[str, Any]":
    """All fields by name."""
    end = struct.calcsize(_LAYOUT)
    if len(body) < end:
        raise MalformedBody
    numbers = struct.unpack_from(_LAYOUT, body)
    state: "dict[str, Any]" = {name: numbers[at] for at, (name, _) in enumerate(FIELDS)}
    reset = state["reset"]
    state["reset"] = RESETS[reset if reset < len(RESETS) else 0]
    for name in TEXTS:
        if end >= len(body) or end + 1 + body[end] > len(body):
            raise MalformedBody
        start = end + 1
        end = start + body[end]
        try:
            state[name] = bytes(body[start:end]).decode()
        except UnicodeError:
            raise MalformedBody from None
    return state
