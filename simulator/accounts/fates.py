"""What can become of a message: names, and how near to the hub each of them is."""

from .. import air, radio, world

# never in a sensor node's program; the first four are the world's words
UNHEARD = (
    "no_scanner",  # there is no sensor node at all
    "board_off",  # no power, or still starting
    world.NOT_SCANNING,  # it listens for an answer
    world.PAST_THE_WINDOW,
    world.OUT_OF_RANGE,
    world.BLE_LOSS,
    world.OVERRUN,  # of the controller's buffers
)
# in a sensor node
NO_HANDLER = "no_handler"  # an exception has switched the interrupt off
NOT_ALLOWED = "not_allowed"  # not on the list of devices to relay
TABLE_FULL = "table_full"
LATE_AT_SENSOR = "late_at_sensor"  # a newer one was heard before
REPLACED = "replaced"
SENSOR_RESTARTED = "sensor_restarted"  # with it in its memory
IN_SENSOR = (NO_HANDLER, NOT_ALLOWED, TABLE_FULL, LATE_AT_SENSOR, SENSOR_RESTARTED, REPLACED)
# in a frame that was acknowledged, and yet reached no program
ON_THE_AIR = (
    air.NOBODY, air.OUT_OF_RANGE, air.OTHER_CHANNEL, air.DEAF, air.ASLEEP, air.NOISE, air.FADED,
    air.BURST, air.SENDER_GONE, air.ADJACENT, air.TAMPERED,
    "elsewhere",  # at a board that is not the hub's
    radio.NOT_LISTENING, radio.OVERFLOW, radio.WIPED,
)  # fmt: skip
AIR = "air: "
REFUSED = "refused: "  # by the display node, with its reason
LATE = "late"  # a newer one was shown before
DUPLICATE = "duplicate"  # of one that is known, though never shown
NO_LINE = "no_line"  # accepted, but no whole line reached the host
PENDING = "pending"  # at the end it was still on its way
SHOWN = "shown"

_ORDER = (*UNHEARD, *IN_SENSOR, *(AIR + one for one in ON_THE_AIR))
_LAST = (LATE, DUPLICATE, NO_LINE, PENDING, SHOWN)


def rank(fate: str) -> int:
    """Return how far this is on the way; the furthest copy tells the fate of its message."""
    if fate in _LAST:
        return len(_ORDER) + 1 + _LAST.index(fate)
    if fate.startswith(REFUSED):
        return len(_ORDER)
    return _ORDER.index(fate)
