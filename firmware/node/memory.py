"""Python's heap: kept small and in one piece.

Left alone, MicroPython collects only when the heap is full. By then what lives is scattered between the
garbage, and on an ESP32 the heap has grown into memory that Wi-Fi and Bluetooth need and never get back.
"""

import gc

COLLECT_EVERY = 8192  # bytes allocated between two collections


def keep_small() -> None:
    """Collect early and often; call it before the big imports."""
    gc.collect()
    gc.threshold(COLLECT_EVERY)
