"""The OLED: what is sent, when the panel is missing, and that numbers are right to the last digit."""

from machine import I2C

from air import md_of
from display import pages
from display.alarms import Alarms
from display.face import Face, who_is_lost
from display.oled import HEIGHT, PAGES, WIDTH, Oled
from display.readings import Readings, decimal, power_w, rounded
from display.registry import Device, Registry
from display.sensor_nodes import SensorNode

HEAD_BYTES = 7  # page and first column, each after 0x80, then 0x40 for pixels


def panel():
    oled = Oled(I2C(0, None, None, 400_000))
    assert oled.start()
    I2C.written.clear()
    return oled


def is_page(data):
    """Tell a page from the settings."""
    return data[0] == 0x80


def sent_pages(offset=0):
    """Numbers of the pages that were sent."""
    pages_sent = []
    for data in I2C.written:
        if is_page(data):
            assert len(data) == HEAD_BYTES + WIDTH
            assert data[2:HEAD_BYTES] == bytes((0x80, offset, 0x80, 0x10, 0x40))
            pages_sent.append(data[1] & 0x0F)
    return pages_sent


def test_the_first_frame_sends_every_page_and_the_second_only_the_one_whose_turn_it_is():
    oled = panel()
    assert oled.show()
    assert sent_pages() == list(range(PAGES))
    for turn in (2, 3):
        I2C.written.clear()
        assert oled.show()
        assert sent_pages() == [turn]


def test_the_page_that_changed_is_sent():
    oled = panel()
    oled.show()
    I2C.written.clear()
    oled.canvas.pixel(5, 50, 1)
    oled.show()
    assert sent_pages() == [2, 6]
    assert I2C.written[1][HEAD_BYTES + 5] == 1 << 2


def test_a_panel_that_lost_its_power_unnoticed_is_switched_on_and_drawn_anew_within_eight_frames():
    oled = panel()
    oled.show()
    I2C.written.clear()
    for _ in range(PAGES):
        oled.show()
    assert sorted(sent_pages()) == list(range(PAGES))
    settings = [data for data in I2C.written if not is_page(data)]
    assert len(settings) == 1
    assert b"\xaf" in settings[0]  # on
    assert b"\xae" not in settings[0]  # not off before: it would flicker


def test_the_brightness_is_that_of_the_option_and_changes_with_the_next_frame():
    oled = Oled(I2C(0, None, None, 400_000), 0, 1)
    oled.start()
    assert I2C.written[-1].endswith(b"\x81\x01")
    oled.show()
    I2C.written.clear()
    oled.set_brightness(255)
    oled.show()
    assert I2C.written[0].endswith(b"\x81\xff")


def test_the_face_follows_the_option_of_the_brightness():
    app = App()
    face = Face(app, Registry(), NoKeys(), Watch())
    app.options["brightness"] = 3
    app.options.listener({"brightness"})
    assert face._oled.start()
    assert I2C.written[-1].endswith(b"\x81\x03")


def test_a_panel_with_more_columns_than_it_shows_is_written_from_its_first_visible_one():
    oled = Oled(I2C(0, None, None, 400_000), 2)
    assert oled.start()
    I2C.written.clear()
    oled.show()
    assert sent_pages(2) == list(range(PAGES))


def test_drawing_over_the_whole_canvas_leaves_the_commands_between_alone():
    oled = panel()
    for x in range(WIDTH):
        for y in range(HEIGHT):
            oled.canvas.pixel(x, y, 1)
    oled.canvas.fill(1)
    oled.show()
    assert sent_pages() == list(range(PAGES))
    assert all(data[HEAD_BYTES:] == b"\xff" * WIDTH for data in I2C.written)


def test_without_a_panel_the_node_goes_on():
    I2C.present = []
    oled = Oled(I2C(0, None, None, 400_000))
    assert not oled.start()
    assert not oled.show()


def test_a_panel_that_was_pulled_out_and_comes_back_is_drawn_anew():
    oled = panel()
    oled.show()
    I2C.broken = True
    oled.canvas.fill(1)
    assert not oled.show()
    I2C.broken = False
    I2C.written.clear()
    assert oled.start()
    oled.show()
    assert len(I2C.written) == 1 + PAGES


def test_a_frame_that_did_not_change_allocates_nothing():
    import gc

    oled = panel()
    for _ in range(PAGES):
        oled.show()
    I2C.writeto = lambda _bus, _address, _data: None  # that of the fakes copies
    gc.collect()
    before = gc.mem_alloc()
    oled.show()
    assert gc.mem_alloc() - before <= 64  # the loop's iterators; no page, no joined buffer


def test_scaled_integers_become_text_without_floats():
    cases = (
        ((1253, 2, 2), "12.53"),
        ((-3341, 3, 2), "-3.34"),
        ((-3345, 3, 2), "-3.35"),
        ((-4, 3, 2), "0.00"),
        ((123456, 3, 1), "123.5"),
        ((123456, 3, 0), "123"),
        ((5, 2, 2), "0.05"),
        ((-5, 2, 2), "-0.05"),
    )
    for arguments, text in cases:
        assert decimal(*arguments) == text, (arguments, decimal(*arguments))
    assert (rounded(-1500, 3), rounded(1499, 3)) == (-2, 1)


class Reading:
    def __init__(self, **values):
        self.values = values

    def exponent(self, name):
        return {"battery_voltage_v": 2, "battery_current_a": 3, "soc_pct": 1}.get(name, 0)


def test_power_is_voltage_times_current_with_its_sign():
    assert power_w(Reading(battery_voltage_v=1319, battery_current_a=-12345)) == -163
    assert power_w(Reading(battery_voltage_v=1319, battery_current_a=None)) is None


def drawn(function, *arguments):
    oled = panel()
    function(oled.canvas, *arguments)
    return bytes(oled._memory)


def test_values_that_are_not_available_are_dashes_and_draw():
    empty = Reading(soc_pct=None, battery_voltage_v=None, battery_current_a=None, ttg_min=None)
    full = Reading(soc_pct=1000, battery_voltage_v=1400, battery_current_a=2_097_150, ttg_min=65534)
    assert drawn(pages.battery, "x", empty, 0, "") != drawn(pages.battery, "x", full, 0, "")


def test_stale_numbers_are_not_shown():
    one = Reading(soc_pct=500, battery_voltage_v=1300, battery_current_a=0, ttg_min=1)
    other = Reading(soc_pct=510, battery_voltage_v=1310, battery_current_a=5, ttg_min=2)
    lost = ("x", 60_000, "device silent")
    shown = [drawn(pages.battery, lost[0], reading, *lost[1:]) for reading in (one, other)]
    assert shown[0] == shown[1]


def test_the_age_is_told_in_one_unit():
    ages = [pages.age_text(ms) for ms in (0, 59_999, 60_000, 3_600_000, 90_000_000)]
    assert ages == ["0s", "59s", "1m", "1h", "1d"]


class Nodes:
    def __init__(self, *ages, interval_ms=0):
        self.nodes = {}
        for number in range(len(ages)):
            node = self.nodes[number] = SensorNode(b"node", b"key", None)
            node.age_ms = aged(ages[number])
            node.interval_ms = interval_ms

    def present(self):
        return list(self.nodes.values())


def aged(age_ms):
    return lambda: age_ms


def heard(age_ms, node=0):
    device = Device(b"device")
    device.node = node
    device.age_ms = aged(age_ms)
    return device


class NoKeys:
    doubts = {}

    def key_of(self, _mac):
        return None

    def name_of(self, _mac):
        return ""

    def place_of(self, _mac):
        return 255


class Options(dict):
    def on_change(self, listener):
        self.listener = listener


class App:
    """What the face needs of an app."""

    class uptime:
        @staticmethod
        def seconds():
            return 100

    class log:
        @staticmethod
        def fault(where, error):
            print(where, error)

    def __init__(self):
        self.options = Options(pin_scl=22, pin_sda=21, oled_offset=0, brightness=207)


class Watch:
    def __init__(self):
        self.alarms = Alarms()

    def acknowledge(self):
        return self.alarms.acknowledge()


def a_face(registry, nodes=None):
    face = Face(App(), registry, NoKeys(), Watch())
    if nodes:
        face.use_nodes(nodes)
    return face


def cause_shown(nodes, registry):
    shown = []
    original = pages.cause
    pages.cause = lambda _canvas, reason: shown.append(reason)
    a_face(registry, nodes).draw(None)
    pages.cause = original
    return shown[0]


def test_the_cause_of_an_empty_screen_is_named():
    empty = Registry()
    heard = Registry()
    heard.take(b"node", b"device", -50, 0, md_of(1))
    assert cause_shown(None, empty) == "not_provisioned"
    assert cause_shown(Nodes(), empty) == "no_node"
    assert cause_shown(Nodes(5), empty) == "no_device"
    assert cause_shown(Nodes(5), heard) == "key_missing"


def test_who_fell_silent_is_told_apart():
    assert who_is_lost(Nodes(0), heard(1000)) == ""
    assert who_is_lost(Nodes(0, 60_000), heard(60_000)) == "device silent"
    assert who_is_lost(Nodes(60_000), heard(60_000)) == "sensor node lost"
    assert who_is_lost(Nodes(0, 60_000), heard(60_000, 1)) == "sensor node lost"
    assert who_is_lost(Nodes(0), heard(60_000, "forgotten")) == "sensor node lost"


def test_the_readings_of_a_sensor_node_that_sleeps_are_shown_until_it_should_have_woken():
    sleeping = Nodes(200_000, interval_ms=100_000)
    assert who_is_lost(sleeping, heard(200_500)) == ""
    assert who_is_lost(sleeping, heard(300_500)) == "device silent"
    assert who_is_lost(Nodes(301_000, interval_ms=100_000), heard(301_000)) == "sensor node lost"


def test_an_advertisement_is_decoded_once():
    registry = Registry()
    device = registry.take(b"node", b"device", -50, 0, md_of(1))
    readings = Readings(registry, NoKeys())
    assert readings.of(device) is readings.of(device)
    first = readings.of(device)
    registry.take(b"node", b"device", -50, 0, md_of(2))
    assert readings.of(device) is not first


KEY = b"\xaf" + bytes(15)  # that of md_of begins so


class OwnKeys(NoKeys):
    """Two battery monitors, one of which the user wants first."""

    def __init__(self, first):
        self.first = first

    def key_of(self, _mac):
        return KEY

    def place_of(self, mac):
        return 0 if mac == self.first else 255


def test_the_battery_monitor_that_the_user_put_first_is_shown():
    registry = Registry()
    for mac in (b"second", b"firsts"):
        registry.take(b"node", mac, -50, 0, md_of(1))
    for first in (b"second", b"firsts"):
        device, _ = Readings(registry, OwnKeys(first)).battery()
        assert device.mac == first
    device, _ = Readings(registry, OwnKeys(b"")).battery()
    assert device.mac == b"firsts"  # the lower address, while nobody chose
