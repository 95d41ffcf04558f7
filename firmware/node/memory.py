"""Python's heap: kept small and in one piece, and watched.

Left alone, MicroPython collects only when the heap is full. By then what lives is scattered between the
garbage, and on an ESP32 the heap has grown into memory that Wi-Fi and Bluetooth need and never get back.
"""

import gc

COLLECT_EVERY = 8192  # bytes allocated between two collections
# On a chip mem_free() also counts the biggest block that ESP-IDF could still give: below this nothing is left.
SHORT = 10_000
MOST_FAILURES = 6  # about a minute of short memory, before the node starts afresh


def keep_small() -> None:
    """Collect early and often; call it before the big imports."""
    gc.collect()
    gc.threshold(COLLECT_EVERY)


class Memory:
    """How much is free behind a collection; before one, "free" tells when the last collection was."""

    def __init__(self) -> None:
        gc.collect()
        self.free = self.lowest = gc.mem_free()
        self.failures = 0  # a healthy look takes one away

    def look(self) -> None:
        """Collect and measure."""
        gc.collect()
        self.free = gc.mem_free()
        self.lowest = min(self.lowest, self.free)

    def is_short(self) -> bool:
        """Tell whether load should be shed."""
        if self.free < SHORT:
            return True
        self.failures = max(0, self.failures - 1)
        return False

    def is_exhausted(self) -> bool:
        """Tell whether shedding has not helped."""
        return self.failures >= MOST_FAILURES
