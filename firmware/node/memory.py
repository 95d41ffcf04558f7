"""Python's heap: kept small and in one piece, and watched.

Left alone, MicroPython collects only when the heap is full. By then what lives is scattered between the
garbage, and on an ESP32 the heap has grown into memory that Wi-Fi and Bluetooth need and never get back.
"""

import gc

COLLECT_EVERY = 8192  # bytes allocated between two collections
# On a chip mem_free() also counts the biggest block that ESP-IDF could still give: below this nothing is left.
SHORT = 10_000
MOST_SHORT = 6  # looks in a row before the node starts afresh: a minute


def keep_small() -> None:
    """Collect early and often; call it before the big imports."""
    gc.collect()
    gc.threshold(COLLECT_EVERY)


class Memory:
    """How much is free behind a collection; before one, "free" tells when the last collection was."""

    def __init__(self) -> None:
        gc.collect()
        self.free = self.lowest = gc.mem_free()
        self._short = 0  # looks in a row

    def look(self) -> None:
        """Collect and measure."""
        gc.collect()
        self.free = gc.mem_free()
        self.lowest = min(self.lowest, self.free)

    def is_short(self) -> bool:
        """Tell whether load should be shed; count it."""
        self._short = self._short + 1 if self.free < SHORT else 0
        return self._short > 0

    def is_exhausted(self) -> bool:
        """Tell whether shedding has not helped."""
        return self._short >= MOST_SHORT
