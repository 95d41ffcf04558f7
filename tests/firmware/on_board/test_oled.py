"""The OLED: what is sent, when the panel is missing, which page is shown when."""

import asyncio

from machine import I2C

from air import md_of
from boat import BATTERY, KEY, OTHER, SOLAR, App, Nodes, NoKeys, NoWifi, Watch, a_boat, a_face
from display import turning
from display.face import Face
from display.limits import Limits
from display.oled import HEIGHT, PAGES, WIDTH, Oled
from display.registry import Registry
from node.pulse import Pulse

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
    oled.look(255)
    oled.show()
    assert I2C.written[0].endswith(b"\x81\xff")


def test_the_face_follows_the_option_of_the_brightness():
    app = App()
    face = Face(app, Registry(), NoKeys(), Limits(), Watch())
    assert face._oled.start()
    face._show()
    app.options["brightness"] = 3
    app.options.listener({"brightness"})
    I2C.written.clear()
    face._show()
    face._show()
    settings = [data for data in I2C.written if not is_page(data)]
    assert settings[-1].endswith(b"\x81\x03")


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


def test_without_a_panel_the_node_goes_on_and_writes_to_nobody():
    I2C.present = []
    written = []
    I2C.writeto = lambda _bus, address, _data: written.append(address)
    oled = Oled(I2C(0, None, None, 400_000))
    assert not oled.start()
    assert not oled.show()
    assert written == []


def test_a_bus_that_something_holds_down_does_not_stop_the_node():
    def fail(_bus):
        raise OSError(116)

    I2C.scan = fail
    assert not Oled(I2C(0, None, None, 400_000)).start()


def test_eight_pictures_of_the_face_send_every_page_anew_though_nothing_changed():
    face = a_boat()
    I2C.written.clear()
    for _ in range(PAGES):
        face._show()
    assert sorted(set(sent_pages())) == list(range(PAGES))


def test_pins_that_the_chip_cannot_have_a_bus_on_are_told_and_the_node_goes_on():
    from display import face as module

    def refuse(*_arguments, **_more):
        raise ValueError("bad SCL pin")

    bus, module.I2C = module.I2C, refuse
    app = App()
    told = []
    app.log.fault = lambda where, error: told.append((where, str(error)))
    face = Face(app, Registry(), NoKeys(), Limits(), Watch())
    module.I2C = bus
    assert told == [("OLED pins", "bad SCL pin")]
    assert not face._oled.start()


class Log:
    """Keeps what was said."""

    def __init__(self):
        self.said = []

    def info(self, text):
        self.said.append(text)

    warning = info


async def test_a_missing_panel_is_told_once_and_looked_for_seldom():
    from display import face as module

    module.PERIOD_MS = 5
    I2C.present = []
    scans = []
    scan = I2C.scan
    I2C.scan = lambda bus: scans.append(bus) or scan(bus)
    face = Face(App(), Registry(), NoKeys(), Limits(), Watch())
    log = face.app.log = Log()
    pulse = Pulse("oled")
    beats = []
    pulse.beat = lambda: beats.append(pulse)
    task = asyncio.create_task(face.run(pulse))
    await asyncio.sleep_ms(250)
    assert len(beats) >= 2
    assert 2 <= len(scans) <= 8, len(scans)
    assert log.said == ["no OLED, going on without"]
    I2C.present = [0x3C]
    await asyncio.sleep_ms(250)
    task.cancel()
    assert log.said[1:] == ["OLED found"]


def test_without_a_panel_a_press_draws_nothing_that_would_stay_in_memory():
    I2C.present = []
    face = a_boat()
    assert shown_after(face, "short", 3)[-1] == turning.SYSTEM
    assert not face._pages._held


def test_a_panel_may_have_either_of_two_addresses():
    I2C.present = [0x3D]
    assert panel().show()
    assert sent_pages() == list(range(PAGES))


def test_a_panel_that_was_pulled_out_and_comes_back_is_drawn_anew():
    oled = panel()
    oled.show()
    I2C.broken = True
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


def shown_after(face, kind, times):
    found = []
    for _ in range(times):
        face.press(kind)
        found.append(face.subject)
    return found


def test_devices_follow_one_another_as_they_were_placed_or_by_kind_and_name_where_nobody_did():
    face = a_boat()
    assert turning.devices(face) == [BATTERY, SOLAR, OTHER]
    for mac, record_type in ((b"z_char", 8), (b"y_char", 4), (b"d_batt", 2), (b"b_open", 0xFF)):
        md = bytearray(md_of(1))
        md[4], md[7] = record_type, 1
        face.registry.take(b"node", mac, -50, 0, bytes(md))
        face.keys.entries[mac] = (KEY, mac.decode(), 255)
    face.keys.entries[b"a_late"] = (KEY, "never heard", 255)
    face.keys.entries[b"y_char"] = (KEY, "Zebra", 255)
    found = turning.devices(face)
    assert found == [
        BATTERY,
        b"d_batt",
        SOLAR,
        b"z_char",
        b"y_char",
        OTHER,
        b"b_open",
        b"a_late",
    ], found
    del face.keys.entries[b"b_open"]  # it is not encrypted and needs none
    assert sorted(turning.devices(face)) == sorted(found)
    assert turning.devices(a_boat(b_sola=0, a_othe=1, c_batt=2)) == [SOLAR, OTHER, BATTERY]


def test_a_short_press_turns_the_page_and_comes_round():
    face = a_boat()
    assert face.subject == BATTERY
    rest = [SOLAR, OTHER, turning.SYSTEM, turning.SURVEY, BATTERY]
    assert shown_after(face, "short", 5) == rest
    face.use_wifi(NoWifi())
    assert turning.NETWORK in shown_after(face, "short", 6)
    face.wifi.state = "off"
    assert turning.NETWORK not in shown_after(face, "short", 6)


def run_for(face, seconds):
    """Draw as the face does, twice a second; return what was shown in order."""
    found = [face.subject]
    for _ in range(2 * seconds):
        I2C.written.clear()
        face._show()
        if face.subject != found[-1]:
            found.append(face.subject)
    return found


def test_pages_turn_by_themselves_through_the_devices_only():
    face = a_boat()
    assert run_for(face, 31) == [BATTERY, SOLAR, OTHER, BATTERY]
    face.app.options["page_seconds"] = 0
    run_for(face, 20)
    assert len(run_for(face, 100)) == 1


def test_a_page_that_was_chosen_stays_for_half_a_minute_and_another_than_a_devices_for_two():
    face = a_boat()
    face.press("short")
    assert run_for(face, 29) == [SOLAR]
    assert run_for(face, 2) == [SOLAR, OTHER]
    face.press("short")
    assert face.subject == turning.SYSTEM
    assert run_for(face, 119) == [turning.SYSTEM]
    assert run_for(face, 2)[1] == BATTERY


def test_a_long_press_holds_the_page_and_another_lets_it_go():
    face = a_boat()
    face.press("long")
    assert face.held
    assert run_for(face, 200) == [BATTERY]
    face.press("long")
    assert len(run_for(face, 31)) > 2


def test_a_short_press_lets_a_held_page_go_as_well():
    face = a_boat()
    face.press("long")
    face.press("short")
    assert (face.held, face.subject) == (False, SOLAR)
    assert run_for(face, 31) == [SOLAR, OTHER]


def test_a_page_that_is_let_go_turns_at_once_however_long_it_was_to_stay():
    face = a_boat()
    face.press("short")
    face.press("long")
    assert run_for(face, 100) == [SOLAR]
    face.press("short")
    face.press("long")
    assert (face.held, face.subject) == (True, OTHER)
    face.press("long")
    assert (face.held, face.subject) == (False, BATTERY)


def test_a_page_that_is_no_devices_gives_way_even_if_no_page_turns_by_itself():
    face = a_boat()
    face.app.options["page_seconds"] = 0
    shown_after(face, "short", 3)
    assert run_for(face, 119) == [turning.SYSTEM]
    assert run_for(face, 2) == [turning.SYSTEM, BATTERY]


def test_while_an_alarm_rings_a_long_press_acknowledges_and_a_short_one_turns_nothing():
    face = a_boat()
    face._watch.alarms.test(BATTERY, "critical", 100)
    face.press("short")
    assert face.subject == BATTERY
    face.press("long")
    assert not face.held
    assert face._watch.alarms.loudest() == ""


def test_the_screen_goes_dark_when_nobody_cared_for_so_long_and_the_first_press_only_wakes_it():
    face = a_boat()
    face.app.options["saver_minutes"] = 5
    face.app.passed = 399
    assert not face._is_dark()
    face.app.passed = 400
    assert face._is_dark()
    face.press("short")
    assert (face._is_dark(), face.subject) == (False, BATTERY)
    face.press("short")
    assert face.subject == SOLAR


def test_what_was_on_the_screen_before_it_went_dark_is_not_shown_again():
    face = a_boat()
    face.app.options["saver_minutes"] = 5
    face.app.passed = 1000
    face._show()
    before = bytes(face._oled.canvas)
    face.registry.devices.clear()
    face.app.options["page_seconds"] = 0
    face.tick = 40  # no time to draw it anew, if it were the same as before
    face.press("short")
    assert bytes(face._oled.canvas) != before


def test_a_press_shows_the_next_page_at_once():
    face = a_boat()
    before = bytes(face._oled.canvas)
    face.app.options["page_seconds"] = 0
    face.tick = 40
    face.press("short")
    assert bytes(face._oled.canvas) != before


def test_in_the_dark_no_page_turns():
    face = a_boat()
    face.app.options["saver_minutes"] = 5
    face.app.passed = 1000
    assert run_for(face, 31) == [BATTERY]


def test_the_time_until_it_is_dark_begins_when_it_is_set():
    face = a_boat()
    face.app.passed = 1000
    face.app.options["saver_minutes"] = 5
    face.app.options.listener({"saver_minutes"})
    assert not face._is_dark()
    face.app.passed = 1300
    assert face._is_dark()
    face.app.options.listener({"brightness"})  # of the night, perhaps: no reason to wake
    assert face._is_dark()


def test_whoever_wants_to_know_which_node_it_is_wakes_a_dark_screen():
    face = a_boat()
    face.app.options["saver_minutes"] = 5
    face.app.passed = 1000
    assert face._is_dark()
    face.identify()
    assert not face._is_dark()


def test_an_alarm_wakes_a_dark_screen():
    face = a_boat()
    face.app.options["saver_minutes"] = 5
    face.app.passed = 1000
    assert face._is_dark()
    face._watch.alarms.test(BATTERY, "critical", 1000)
    face._show()
    assert not face._is_dark()


def test_a_key_that_goes_takes_its_page_with_it():
    face = a_boat()
    del face.keys.entries[BATTERY]
    face._show()
    assert face.subject == SOLAR


def test_a_page_follows_the_name_of_its_device():
    face = a_boat()
    face.keys.entries[BATTERY] = (KEY, "House", 255)
    face._show()
    assert face.title == "House"


def test_a_page_follows_what_its_device_turns_out_to_be():
    face = a_boat()
    md = bytearray(md_of(2))
    md[4] = 1
    face.registry.take(b"node", BATTERY, -50, 0, bytes(md))
    face._show()
    assert (face.subject, face.row[0]) == (BATTERY, "solar")


def test_the_first_key_and_the_first_node_bring_a_page():
    face = a_boat()
    keys, nodes = face.keys.entries, face.nodes.nodes
    face.keys.entries = {}
    face._show()
    assert face.subject == turning.NOTHING
    face.keys.entries = keys
    face._show()
    assert face.subject == BATTERY
    face.nodes.nodes = {}
    face._show()
    assert face.subject == turning.NOTHING
    face.nodes.nodes = nodes
    face._show()
    assert face.subject == BATTERY


class OwnNetwork(NoWifi):
    point_open = True
    point_ssid = point_password = "ours"


def test_with_nothing_to_show_the_cause_and_the_own_network_take_turns():
    face = a_face(Registry(), Nodes())
    face.use_wifi(OwnNetwork())
    face._oled.start()
    asked = []
    get = face._pages.get
    face._pages.get = lambda module: asked.append(module) or get(module)
    for _ in range(24):
        face._show()
    turns = [asked[place] for place in range(len(asked)) if asked[place] != asked[place - 1]]
    assert set(turns) == {"display.cause_page", "display.network_page"}
    assert 3 <= len(turns) <= 5


def pages_asked(face, periods):
    """Return which pages of the system are drawn in so many periods."""
    asked = []
    get = face._pages.get
    face._pages.get = lambda module: asked.append(module) or get(module)
    for _ in range(periods):
        face._show()
    return asked


def test_the_own_network_does_not_stand_in_the_way_of_devices():
    face = a_boat()
    face.use_wifi(OwnNetwork())
    assert pages_asked(face, 24) == []


def test_somebody_elses_network_takes_no_turn():
    face = a_face(Registry(), Nodes())
    face.use_wifi(NoWifi())
    face._oled.start()
    assert set(pages_asked(face, 24)) == {"display.cause_page"}


def test_an_alarm_is_drawn_twice_a_second_and_read_from_flash_once():
    face = a_boat()
    face._watch.alarms.test(BATTERY, "critical", 0)
    assert drawn_by(face, 8) == []
    assert pages_asked(face, 8) == ["display.alarm_page"] * 8


def test_with_nothing_to_show_and_pages_that_do_not_turn_nobody_looks_for_the_next_one_all_the_time():
    face = a_face(Registry(), Nodes())
    face.app.options["page_seconds"] = 0
    face._oled.start()
    chosen = []
    choose = face._choose
    face._choose = lambda step, devices_only: chosen.append(step) or choose(step, devices_only)
    for _ in range(50):
        face._show()
    assert len(chosen) <= 2, chosen


def test_of_pages_that_are_no_devices_only_the_one_that_is_shown_is_in_memory():
    import sys

    def pages():
        return {name for name in sys.modules if name.endswith("_page")}

    imported = pages()  # by these tests
    face = a_boat()
    held = {}
    for _ in range(6):
        face.press("short")
        held[len(face.subject) == len(BATTERY)] = len(face._pages._held)
    assert held == {True: 0, False: 1}
    assert pages() == imported


def drawn_by(face, periods):
    """Return in which of so many periods the page was read and drawn."""
    from display import face as module

    lend, drawn = module.lend, []
    try:
        for period in range(periods):
            module.lend = lambda name, period=period: drawn.append(period) or lend(name)
            face._show()
    finally:
        module.lend = lend
    return drawn


def test_the_page_of_a_device_is_drawn_every_other_second_or_when_it_shows_something_else():
    face = a_boat()
    face.press("short")
    face.tick, face._looks_at = 40, 1000
    assert drawn_by(face, 8) == [3, 7]
    face.held = True
    assert drawn_by(face, 3) == [0]
    face._looks = (200, 2, 0)
    face.tick = 53
    assert drawn_by(face, 3) == [0, 2]  # the second, as it is time
    face.tick = 55
    assert drawn_by(face, 1) == [0]
    face.keys.entries[face.subject] = (KEY, "another name", 255)
    assert drawn_by(face, 2) == [0]
    alarms = face._watch.alarms
    alarms.test(BATTERY, "critical", 0)
    face._show()
    alarms.acknowledge()
    assert drawn_by(face, 1) == [0]
    alarms._alarms.clear()  # the mark of an alarm goes
    face.tick = 64
    assert drawn_by(face, 2) == [0]


def test_a_new_reading_is_seen_after_two_seconds_at_most():
    face = a_boat()
    face.press("short")
    before = bytes(face._oled.canvas)
    md = bytearray(face.registry.devices[face.subject].md)
    md[5] += 1
    md[12] ^= 0x55
    face.registry.take(b"node", face.subject, -50, 0, bytes(md))
    shown = []
    for _ in range(4):
        face._show()
        shown.append(bytes(face._oled.canvas) != before)
    assert shown[-1]


def test_a_picture_is_moved_once_only():
    face = a_boat()
    face.press("short")
    face._looks, face._looks_at = (200, 3, 0), 1000
    face._show()
    moved = bytes(face._oled.canvas)
    drawn_by(face, 2)
    assert bytes(face._oled.canvas) == moved


def test_the_night_is_dimmed_between_its_hours_once_the_clock_is_set():
    from display import looks

    options = {"brightness": 200, "night_brightness": 5, "night_from": 22, "night_to": 7}
    bright = [
        looks._brightness(options, (2026, 6, 1, hour, 0, 0, 0, 0)) for hour in (6, 7, 21, 22, 0)
    ]
    assert bright == [5, 200, 200, 5, 5]
    assert looks._brightness(options, (2000, 6, 1, 23, 0, 0, 0, 0)) == 200
    options["night_brightness"] = 0
    assert looks._brightness(options, (2026, 6, 1, 23, 0, 0, 0, 0)) == 200


def test_the_picture_moves_and_comes_back():
    from display import looks

    options = {"brightness": 200, "night_brightness": 0, "night_from": 22, "night_to": 7}
    places = [looks.at(options, 180 * step)[1:] for step in range(13)]
    assert len(set(places)) == 8
    assert places[0] == places[12] == (0, 0)
