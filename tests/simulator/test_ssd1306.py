"""The display controller, with the command sequences that drivers send."""

from pathlib import Path

import pytest

from simulator.ssd1306 import Ssd1306

# micropython-lib's driver: horizontal addressing, remapped, charge pump, on
_INIT = bytes.fromhex("ae 20 00 40 a1 a8 3f c8 d3 00 da 12 d5 80 d9 f1 db 30 81 ff a4 a6 8d 14 af")
_WHOLE = bytes.fromhex("21 00 7f 22 00 07")


@pytest.fixture
def oled() -> Ssd1306:
    one = Ssd1306()
    for byte in _INIT:
        one.write(bytes([0x80, byte]))
    return one


def lit(oled: Ssd1306) -> set[tuple[int, int]]:
    return {(x, y) for y, row in enumerate(oled.rows()) for x, on in enumerate(row) if on}


def test_commands_may_come_one_by_one_or_all_at_once(oled: Ssd1306):
    together = Ssd1306()
    together.write(b"\x00" + _INIT)
    for one in (oled, together):
        assert one.on
        assert one.contrast == 0xFF
        assert one.charge_pump
        assert one.unknown_commands == []


def test_arguments_sent_byte_by_byte_belong_to_their_command():
    oled = Ssd1306()
    for byte in bytes.fromhex("81 af"):  # contrast 0xAF; read alone, AF would switch it on
        oled.write(bytes([0x80, byte]))
    assert oled.contrast == 0xAF
    assert not oled.on


def test_a_whole_frame_in_horizontal_addressing(oled: Ssd1306):
    frame = bytearray(1024)
    frame[0] = 0x01  # top left
    frame[127] = 0x80  # right, row 7
    frame[1023] = 0x80  # bottom right
    oled.write(b"\x00" + _WHOLE)
    oled.write(b"\x40" + frame)
    assert lit(oled) == {(0, 0), (127, 7), (127, 63)}


def test_a_window_wraps_within_itself(oled: Ssd1306):
    oled.write(bytes.fromhex("00 21 0a 0b 22 02 03"))
    oled.write(b"\x40\x01\x02\x04\x08\x10")
    assert lit(oled) == {(10, 16 + 4), (11, 17), (10, 24 + 2), (11, 24 + 3)}


def test_vertical_addressing_goes_down_first(oled: Ssd1306):
    oled.write(bytes.fromhex("00 20 01 21 00 01 22 00 01"))
    oled.write(b"\x40\x01\x01\x02")
    assert lit(oled) == {(0, 0), (0, 8), (1, 1)}


def test_page_addressing_stays_on_its_page(oled: Ssd1306):
    oled.write(bytes.fromhex("00 20 02 b3 0f 17"))  # page 3, column 0x7F
    oled.write(b"\x40\x01\x02")
    assert lit(oled) == {(127, 24), (0, 25)}


def test_an_sh1106_shows_its_columns_from_two_on():
    oled = Ssd1306(column_offset=2)
    oled.write(b"\x00" + bytes.fromhex("a1 c8 af b0 02 10"))
    oled.write(b"\x40\x01")
    assert lit(oled) == {(0, 0)}


def test_off_inverse_all_on_and_turned(oled: Ssd1306):
    oled.write(b"\x00" + _WHOLE)
    oled.write(b"\x40\x01")
    oled.write(bytes.fromhex("00 a7"))
    assert len(lit(oled)) == 128 * 64 - 1
    oled.write(bytes.fromhex("00 a6 a0 c0"))
    assert lit(oled) == {(127, 63)}
    oled.write(bytes.fromhex("00 a5"))
    assert len(lit(oled)) == 128 * 64
    oled.write(bytes.fromhex("00 a4 ae"))
    assert lit(oled) == set()


def test_an_unknown_command_is_noted(oled: Ssd1306):
    oled.write(b"\x00\x90")
    assert oled.unknown_commands == [0x90]


def test_text_shows_two_rows_as_one_line(oled: Ssd1306):
    oled.write(b"\x00" + _WHOLE)
    oled.write(b"\x40\x01\x02\x03")
    assert oled.text().splitlines()[0] == "▀▄█"


def test_a_picture_has_dark_gaps_between_bright_pixels(oled: Ssd1306, tmp_path: Path):
    from PIL import Image

    oled.write(b"\x00" + _WHOLE)
    oled.write(b"\x40\x03")
    oled.png(tmp_path / "oled.png", scale=4)
    with Image.open(tmp_path / "oled.png") as image:
        assert image.size == (134 * 4, 70 * 4)
        column = [sum(image.getpixel((3 * 4 + 1, 3 * 4 + y))) for y in range(9)]
    assert [value > 300 for value in column] == [True] * 3 + [False] + [True] * 3 + [False] * 2
