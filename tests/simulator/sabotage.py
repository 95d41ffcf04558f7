"""Take one countermeasure out of a copy of the firmware, and only that."""

from simulator.without import Guard, firmware_without, firmware_without_all

__all__ = ["Guard", "firmware_without", "firmware_without_all"]
