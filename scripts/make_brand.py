#!/usr/bin/env python3
"""Draw the integration's brand images and the page's icon: a state-of-charge ring that sends its reading on."""

import math
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

BRAND = Path(__file__).resolve().parent.parent / "custom_components/victron_espnow/brand"
PAGE_ICON = BRAND.parents[2] / "firmware/web/icon.png"
BLUE = (0x38, 0x7D, 0xC5, 255)
PALE = (0x38, 0x7D, 0xC5, 70)
INK = {"": (0x1B, 0x26, 0x33, 255), "dark_": (0xF2, 0xF5, 0xF8, 255)}
OVERSAMPLE = 4  # Pillow draws arcs without anti-aliasing, so draw large and shrink


def arc(draw, centre, radius, width, start, end, colour):
    """A circular stroke with round ends; degrees clockwise from three o'clock."""
    x, y = centre
    outer = radius + width / 2
    draw.arc((x - outer, y - outer, x + outer, y + outer), start, end, colour, round(width))
    for angle in (start, end):
        tip_x = x + radius * math.cos(math.radians(angle))
        tip_y = y + radius * math.sin(math.radians(angle))
        draw.ellipse(
            (tip_x - width / 2, tip_y - width / 2, tip_x + width / 2, tip_y + width / 2), colour
        )


def layer(size):
    """A transparent drawing surface of one colour pass, so that overlapping strokes do not add up."""
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    return image, ImageDraw.Draw(image)


def icon(size, ink):
    """The mark: a 270° ring, filled to two thirds, with radio waves leaving its open foot."""
    big = size * OVERSAMPLE
    unit = big / 256
    centre = (128 * unit, 112 * unit)
    image, draw = layer(big)
    arc(draw, centre, 96 * unit, 26 * unit, 135, 405, PALE)
    arc(draw, centre, 96 * unit, 26 * unit, 135, 330, BLUE)
    bolt = [(140, 52), (92, 122), (124, 122), (112, 176), (164, 98), (131, 98)]
    draw.polygon([(x * unit, y * unit) for x, y in bolt], ink)
    foot = (128 * unit, 188 * unit)
    for radius in (24, 50):
        arc(draw, foot, radius * unit, 13 * unit, 52, 128, ink)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def logo(height, ink):
    """The mark with the name beside it."""
    mark = icon(height, ink)
    font = ImageFont.load_default(size=height * 0.36)
    small = ImageFont.load_default(size=height * 0.25)
    gap = height * 0.14
    width = round(
        height + gap + max(font.getlength("Victron"), small.getlength("over ESP-NOW")) + gap
    )
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    image.alpha_composite(mark)
    draw = ImageDraw.Draw(image)
    draw.text((height + gap, height * 0.16), "Victron", ink, font)
    draw.text((height + gap, height * 0.54), "over ESP-NOW", BLUE, small)
    return image


def page_icon():
    """The mark on black, in few colours, for phones that keep the node's page: it travels by a small radio."""
    ground = Image.new("RGBA", (192, 192), (0, 0, 0, 255))
    ground.alpha_composite(icon(160, INK["dark_"]), (16, 20))
    few = Image.Quantize.MAXCOVERAGE  # which takes no two colours for what is nearly one
    return ground.convert("RGB").quantize(12, few, dither=Image.Dither.NONE)


def small_png(image):
    """A PNG of up to 16 colours, two pixels a byte, without the filters that Pillow would choose: half as large."""
    width, height = image.size
    pixels = image.tobytes()
    rows = [pixels[at : at + width] for at in range(0, len(pixels), width)]
    data = b"".join(
        b"\0" + bytes(row[at] << 4 | row[at + 1] for at in range(0, width, 2)) for row in rows
    )
    head = struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)
    colours = bytes(image.getpalette()[: 3 * (max(pixels) + 1)])
    parts = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(data, 9)), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def main():
    """Write icon and logo, single and double size, for light and dark themes; and the icon of the node's page."""
    PAGE_ICON.write_bytes(small_png(page_icon()))
    BRAND.mkdir(parents=True, exist_ok=True)
    for prefix, ink in INK.items():
        for suffix, scale in (("", 1), ("@2x", 2)):
            icon(256 * scale, ink).save(BRAND / f"{prefix}icon{suffix}.png", optimize=True)
            logo(128 * scale, ink).save(BRAND / f"{prefix}logo{suffix}.png", optimize=True)


if __name__ == "__main__":
    main()
