"""Options of the display node."""

from node.checks import one_of, pin, text, whole

_PASSWORD = text(63, 8)  # what WPA2 takes

# name -> (default, check, is it a secret)
TABLE = {
    "pin_scl": (22, pin, False),
    "pin_sda": (21, pin, False),
    "pin_button": (0, pin, False),  # BOOT, which every board has
    "pin_buzzer": (-1, pin, False),
    "oled_offset": (0, one_of(0, 2), False),  # 2: SH1106, whose memory is wider than the panel
    "brightness": (207, whole(1, 255), False),  # of the OLED: what its contrast register takes
    "night_brightness": (0, whole(0, 255), False),  # 0: as by day
    "night_from": (22, whole(0, 23), False),  # hours
    "night_to": (7, whole(0, 23), False),
    "page_seconds": (10, whole(0, 3600), False),  # to the next device's page; 0: by the button only
    "saver_minutes": (0, whole(0, 1440), False),  # until the screen goes dark; 0: never
    "wifi_mode": ("off", one_of("off", "station", "ap"), False),
    "wifi_ssid": ("", text(32), False),
    "wifi_password": ("", lambda value: value == "" or _PASSWORD(value), True),
    # While no Wi-Fi decides; sensor nodes find it wherever it is.
    "channel": (6, whole(1, 13), False),
}
