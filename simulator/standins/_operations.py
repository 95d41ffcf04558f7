"""Numbers of the wire between a node and the world; both sides import this file."""

# requests: six 32-bit words (operation, spent µs, a, b, c, body length), then the body
START = 1
TURN = 2  # nothing but the time and what happened
WAIT = 3  # a ms + b µs, c = interests
POKE = 4  # a real socket became ready: end the wait now; a = its number; has no answer of its own
RESET = 5  # a = one of the reset kinds; never answered
CRASHED = 6  # body = the traceback
LOG = 7  # body = text for the trace
SCAN = 10  # a = duration ms, 0 for ever, -1 stop; b = interval µs, c = window µs
BLE_ACTIVE = 11
WLAN_ACTIVE = 12  # a = interface, b = on, -1 asks
CHANNEL = 13  # a = channel, 0 asks
ESPNOW_ACTIVE = 14  # a = on, b = size of the receive buffer
SEND = 15  # a = wait for the acknowledgement; body = destination + message
RECEIVE = 16  # a = 1 throws away everything that waits
STATISTICS = 17
POWER_SAVE = 18  # a = mode, -1 asks
I2C_WRITE = 20  # a = address; body
I2C_READ = 21  # a = address, b = length
I2C_SCAN = 22
NVS_GET = 24  # body = type, namespace, NUL, key
NVS_SET = 25  # body = type, namespace, NUL, key, NUL, value
NVS_ERASE = 26
NVS_COMMIT = 27
RTC_MEMORY_GET = 28
RTC_MEMORY_SET = 29
RTC_SET = 30  # a = seconds since 2000
WATCHDOG = 31  # a = time-out ms, 0 feeds
PIN_WRITE = 32
PIN_READ = 33
HEAP_INFO = 34
FLASH_WRITE = 51  # a = block, b = offset; body
FLASH_ERASE = 52  # a = block
INTERRUPT_BYTE = 53  # a = byte that stops the program, -1: none
WIFI_CONNECT = 40  # body = SSID, NUL, key
WIFI_DISCONNECT = 41
WIFI_STATUS = 42
WIFI_STRENGTH = 43  # of the access point, without its sign
WIFI_SCAN = 44
WIFI_RECONNECTS = 45  # a = number, -1 for ever
LISTEN = 46  # a = TCP port that the program wants to serve; the result is the machine's that stands for it

IN_HANDLER = 256  # added to an operation: keep events back, an interrupt handler is running
BELATED = 512  # added to an operation: the handler was shown something from a while ago
POSTED = 1024  # added to an operation: there is no answer

# answers: ten words (ms, µs within it, ticks µs, seconds since 2000, ms within it, flags, result,
# body length, events length, number of the wait), then body, then events; to a WAIT that wants frames,
# the body is the packet that RECEIVE would give
WORDS_ASKED = 6
WORDS_ANSWERED = 10
MAX_BODY = 1500
MAX_EVENTS = 2048

FRAME_WAITING = 1
SERIAL_WAITING = 2
MORE_FRAMES = 8  # behind the first
STATION_ON, POINT_ON = 16, 32
CHANNEL_BITS = 8  # from here on, the channel of the radio

# a wait ends early for these; every event ends it anyway
WANTS_FRAME = 1
WANTS_SERIAL = 2
WANTS_EVENTS = 4  # advertisements at once, since a handler may set a flag that is waited for
WAIT_OVER = 1  # result of WAIT: the deadline, not an event

# switches of a board, told at its start
VIEWS_LAST = 1
IRQ_LASTS = 2

# events: age in µs (four bytes), kind, length of the rest (two bytes, little-endian), rest
ADVERTISEMENT = 1  # address type, advertisement type, RSSI, address, data
SCAN_DONE = 2
FRAME_ARRIVED = 3
PIN_CHANGED = 4  # pin, level
INTERRUPTED = 5  # by a byte on the serial line
OCCUPIED = 6  # something else takes memory: how much of the heap is left, in bytes (four); none: it is given back

POWER_ON = 1
HARD_RESET = 2
WATCHDOG_RESET = 3
DEEP_SLEEP = 4
SOFT_RESET = 5

NVS_I32 = 1
NVS_BLOB = 2
