"""Names and times of the Victron ESP-NOW integration."""

import logging
from typing import Final

DOMAIN: Final = "victron_espnow"
LOGGER: Final = logging.getLogger(__package__)

SUBENTRY_DEVICE: Final = "device"

CONF_KEY: Final = "key"
# Of a device whose readings are not encrypted. The display node names and watches only devices that
# it has a key for, so it gets this one.
NO_KEY: Final = bytes(16)
CONF_PUSH_KEYS: Final = "push_keys"
# The alarm limits that the user set; the display node has defaults for all others.
CONF_LIMITS: Final = "limits"
# Options of the entry that the display node follows.
CONF_BRIGHTNESS: Final = "brightness"  # 1 … 255
CONF_ORDER: Final = "order"  # subentries, the first on the display first
CONF_SCREEN: Final = "screen"  # by the names that the node has for them
CONF_WIFI: Final = "wifi"  # mode, ssid, password
# What the device turned out to be. Kept so that its entities exist right after a restart,
# also while the device is silent.
CONF_RECORD_TYPE: Final = "record_type"
CONF_PRODUCT_ID: Final = "product_id"

BAUD_RATE: Final = 115200

# Opening the port may reset the board: boot ROM, MicroPython and imports take 2-5 s.
HELLO_TIMEOUT_S: Final = 8.0
HELLO_EVERY_S: Final = 2.0

CLOSE_TIMEOUT_S: Final = 5.0

ACK_TIMEOUT_S: Final = 2.0
COMMAND_RETRIES: Final = 3

RETRY_FIRST_S: Final = 1.0
RETRY_MAX_S: Final = 60.0

# The user waits while an entry is removed, and its node may boot and hold two dozen keys.
PARTING_S: Final = 20.0

# The node sends a health line now and then; a port that is silent for so long is asked, and
# given up when it does not answer.
SILENCE_S: Final = 90.0

# 115200 baud carry about 110 advertisement lines a second, real trailers 20.
# Anything far above is a fault or an attack and must not take Home Assistant with it.
LINES_PER_SECOND: Final = 400
BYTES_PER_SECOND: Final = 100_000
# Nor may working on lines take more than half of our time. A start takes more for a moment: each
# device and each node has dozens of entities that come into being.
WORK_SHARE: Final = 0.5
WORK_AHEAD_S: Final = 5.0
# Behind so much work others are let in: a line can make dozens of entities write.
TURN_S: Final = 0.005
FLOOD_PAUSE_S: Final = 0.05

# At most so often is a changed value written; 0 writes every change. States, alarms and errors are
# always written at once.
CONF_POWER_EVERY: Final = "power_every_s"
CONF_OTHERS_EVERY: Final = "others_every_s"
EVERY_S: Final = {CONF_POWER_EVERY: 5, CONF_OTHERS_EVERY: 30}
EVERY_MAX_S: Final = 3600
# The part of that time after which an unchanged value is looked at again.
LOOK_AGAIN: Final = 0.2
# While the values are fresh they tell that the device is there.
LAST_SEEN_EVERY_S: Final = 300.0

# One state change per entity and second is what a Victron device sends.
UPDATE_SPACING_S: Final = 0.9

# Unavailable after 60 s or ten of the intervals at which the device is usually heard,
# whichever is longer, but never later than GX forgets a device.
STALE_MIN_S: Final = 60.0
STALE_INTERVALS: Final = 10
STALE_MAX_S: Final = 1800.0
TICK_S: Final = 5

# Frames to judge a key by (two or three are enough for most records), and how long to wait for
# them (one a second is usual).
KEY_FRAMES: Final = 8
KEY_WAIT_S: Final = 6.0
# As many distinct frames must refuse a key before the user is asked for a new one.
KEY_REFUSALS: Final = 3

# Heard but not configured: bounded, because addresses are easily invented.
MAX_HEARD: Final = 64

# Nodes whose signal of one device is kept: sites are small, and addresses easily invented.
MAX_SIGNALS: Final = 16

# A sensor node that sleeps tells its interval; any other speaks every ten seconds.
NODE_STALE_S: Final = 60.0
NODE_INTERVALS: Final = 3
# Twice what a display node knows at a time: replaced ones are kept until the user removes them.
MAX_NODES: Final = 32

# The display node tells once a minute who hears whom; two of these may be lost.
SIGNAL_KEPT_S: Final = 150.0

# Behind the full hour at which the display node's clock is set: others are busy in the first second.
CLOCK_SECOND: Final = 7

# Behind a hello the node names whatever stands; what it did not name by then is over.
ALARMS_SETTLE_S: Final = 5.0
