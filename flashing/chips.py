"""What differs between the chips: one row each."""

from dataclasses import dataclass, field

from .errors import FlashError


@dataclass(frozen=True)
class Chip:
    """A chip that MicroPython runs on and that has both Wi-Fi and Bluetooth."""

    name: str  # as esptool says it
    key: str  # on the command line, and in the names of files
    number: int  # in the header of an image, ESP-IDF's esp_chip_id_t
    offset: int  # where its image begins in flash
    board: str  # MicroPython's name of the image
    last_pin: int
    flash_pins: range  # lead to the flash; whoever uses one stops the chip
    pins: dict[str, int] = field(default_factory=dict, hash=False)  # options of the nodes


# Pins: SDA 21 and SCL 22 are the classic's usual ones. The S3's are Arduino's. On a C3 those would be the BOOT button
# and the LED of most small boards, so it has those of the boards with an OLED on them; the C6 its low-power I2C's.
CHIPS = (
    Chip("ESP32", "esp32", 0, 0x1000, "ESP32_GENERIC", 39, range(6, 12),
         {"pin_scl": 22, "pin_sda": 21, "pin_button": 0, "pin_buzzer": -1, "pin_led": -1}),
    Chip("ESP32-S3", "esp32s3", 9, 0x0, "ESP32_GENERIC_S3", 48, range(26, 33),
         {"pin_scl": 9, "pin_sda": 8, "pin_button": 0, "pin_buzzer": -1, "pin_led": -1}),
    Chip("ESP32-C3", "esp32c3", 5, 0x0, "ESP32_GENERIC_C3", 21, range(12, 18),
         {"pin_scl": 6, "pin_sda": 5, "pin_button": 9, "pin_buzzer": -1, "pin_led": -1}),
    Chip("ESP32-C6", "esp32c6", 13, 0x0, "ESP32_GENERIC_C6", 30, range(24, 31),
         {"pin_scl": 7, "pin_sda": 6, "pin_button": 9, "pin_buzzer": -1, "pin_led": -1}),
)  # fmt: skip
ESP32 = CHIPS[0]  # whose pins are the firmware's own defaults

NONE = -1  # no pin

# The display's controllers -> the node's option `oled_offset`: an SH1106's memory is two columns wider on each side.
PANELS = {"ssd1306": 0, "sh1106": 2}

# What each kind of node has on its pins.
ROLES = {
    "display": ("pin_scl", "pin_sda", "pin_button", "pin_buzzer", "pin_led"),
    "sensor": ("pin_led",),
}


def by_key(key: str) -> Chip:
    """Return a chip by its short name, or by esptool's."""
    for chip in CHIPS:
        if key.lower().replace("-", "") == chip.key:
            return chip
    known = ", ".join(chip.name for chip in CHIPS)
    raise FlashError(
        f"This board's chip is {key}; the nodes run on {known}.",
        "An ESP32-S2 has no Bluetooth, an ESP8266 too little memory.",
    )


def check_pins(role: str, own: dict[str, int]) -> None:
    """Raise FlashError for a pin that this role has no use for."""
    unknown = sorted(set(own) - set(ROLES[role]))
    if unknown:
        raise FlashError(
            f"A {role} node has no {', '.join(unknown)}.",
            f"It has {', '.join(ROLES[role])}.",
        )


def pins_of(chip: Chip, role: str, own: dict[str, int]) -> dict[str, int]:
    """Return the pins of a node on this chip; `own` are the user's, which win."""
    check_pins(role, own)
    for name, pin in own.items():
        if not NONE <= pin <= chip.last_pin:
            raise FlashError(
                f"{name} cannot be {pin}.",
                f"An {chip.name} has 0 to {chip.last_pin}; {NONE} is none.",
            )
        if pin in chip.flash_pins:
            raise FlashError(
                f"{name} cannot be {pin}: there the {chip.name} has its flash.", "Take another pin."
            )
    return {name: own.get(name, chip.pins[name]) for name in ROLES[role]}
