"""All faults."""

from . import air, devices, parts, power, serial, web
from .fault import Fault

_ROOMS = (power, serial, air, devices, parts, web)
FAULTS: list[Fault] = [fault for room in _ROOMS for fault in room.FAULTS]
