"""What the nodes allocate for each advertisement and frame: bytes of heap, garbage included.

Runs on a board's interpreter beside the firmware's own tests and with their stand-ins. What the stand-ins would
allocate is kept out: nothing is really sent or written.
"""

import gc

import network
from air import SCAN_RESULT, address, advertisement, event, md_of
from test_gateway import NODE, Display, sealed
from test_uplink import Node

from node.serial_port import SerialPort
from protocol import radio_frame
from protocol.instant_readout import decode
from protocol.radio_bodies import NO_CHALLENGE, append_reading, start_readings
from protocol.serial_payloads import encode_advert

TIMES = 50
READINGS = 4  # in a frame
KEY = b"\xaf" + bytes(15)  # its first byte is that of md_of


class Nowhere:
    """Takes every line."""

    def write(self, data):
        """Take it."""
        return len(data)


async def measure():
    """Print each figure: ALLOC <bytes> <what>."""
    sensor = Node()
    on_event = sensor.scanner.on_event
    new = [event(advertisement(number), address(1)) for number in range(TIMES + 1)]
    strange = event(advertisement(1, company=0x004C))
    on_event(SCAN_RESULT, new[0])
    print_of("adv-new", lambda number: on_event(SCAN_RESULT, new[number + 1]))
    print_of("adv-repeat", lambda number: on_event(SCAN_RESULT, new[TIMES]))
    print_of("adv-foreign", lambda number: on_event(SCAN_RESULT, strange))
    await frames_sent(sensor)
    frames_taken()
    lines_written()
    decoded()


def print_of(what, action):
    """Do it often; print what one time took."""
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for number in range(TIMES):
        action(number)
    show(what, gc.mem_alloc() - before)


def show(what, used):
    """Print the mean of all times, and let the collector work again."""
    gc.enable()
    print("ALLOC", used // TIMES, what)


async def sent(mac, frame, tries=1):
    """Stand for the radio."""
    return True


async def frames_sent(sensor):
    """A frame with some readings, taken from the table, signed and given to the radio."""
    sensor.link.send = sent
    heard = [
        [event(advertisement(100 + number), address(device)) for device in range(READINGS)]
        for number in range(TIMES)
    ]
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for events in heard:
        for one in events:
            sensor.scanner.on_event(SCAN_RESULT, one)
        await sensor.send_unsent()
    show("frame-sent", gc.mem_alloc() - before)


def frames_taken():
    """A frame with some readings: signature, replay window, handed on."""
    display = Display()
    display.gateway._on_reading = take
    frames = [frame(number + 1) for number in range(TIMES + 1)]
    display.take(frames[0])
    gateway = display.gateway
    print_of("frame-taken", lambda number: gateway.take(NODE, frames[number + 1], -50))


def take(node, mac, rssi, age_ms, md):
    """Take a reading."""


def frame(sequence):
    """Return a signed frame as the radio hands it over."""
    buffer = bytearray(radio_frame.MAX_FRAME)
    end = start_readings(buffer, NO_CHALLENGE)
    for device in range(READINGS):
        md = md_of(sequence)
        end = append_reading(buffer, end, address(device), -70, 50, md, len(md))
    return memoryview(sealed(buffer, end - radio_frame.HEADER, radio_frame.READINGS, 1, sequence))


def lines_written():
    """A reading as a line of the serial port."""
    port = SerialPort(sink=Nowhere())
    mac, md = address(1), md_of(1)
    print_of(
        "line", lambda number: port.send("adv", encode_advert(mac, network.WLAN.mac, -70, 50, md))
    )


def decoded():
    """A battery monitor's reading, decrypted and decoded."""
    md = md_of(1)
    decode(md, KEY)  # makes the cipher, which stays
    print_of("decode", lambda number: decode(md, KEY))
