"""Orders at the sensor node: carried out once, stored, confirmed; and what it tells of itself."""

import asyncio
import time

import espnow

from ends import DISPLAY, KEY, TAG
from node.kept import Kept
from node.options import Options
from protocol import radio_frame
from protocol.radio_bodies import append_order, pack_receipt
from protocol.radio_state import unpack_state
from protocol.serial_json import encode_json
from sensor.errands import Errands
from sensor.identify import BLINK_MS
from sensor.past import Past
from sensor.uplink import _receipt

STATE = {"reset": "deep_sleep", "boots": 70_000, "uptime_s": 5}
TEXTS = ("0.1.0", "1.29.0", "Heck")


class App:
    """What an order needs of the node."""

    def __init__(self):
        self.log = self
        self.options = Options()
        self.options.add_table("node.option_table")
        self.options.add_table("sensor.option_table")
        self.told = []
        self.restarts = []

    def info(self, text):
        self.told.append(text)

    warning = info

    def fault(self, where, error):
        self.told.append(where)

    def restart(self, reason):
        self.restarts.append(reason)


def errands(app):
    return Errands(app, Past(Kept(), False), lambda: (dict(STATE), TEXTS))


def told(one):
    buffer = bytearray(radio_frame.MAX_FRAME)
    length = one.pack(buffer)
    return unpack_state(memoryview(buffer)[radio_frame.HEADER : radio_frame.HEADER + length])


def obey(app, text, number=7):
    one = errands(app)
    one.obey(number, text)
    return told(one)


def test_a_setting_is_stored_and_confirmed_by_its_number():
    app = App()
    state = obey(app, b'{"name":"Heck","scan_duty":50,"allow":["C03D5A89A301"]}')
    assert (state["order"], state["result"]) == (7, "")
    assert app.options["scan_duty"] == 50
    again = App()
    assert (again.options["name"], again.options["allow"]) == ("Heck", ["C03D5A89A301"])


def test_a_name_of_letters_that_need_two_escapes_comes_whole_and_stays_so():
    longest = "🚐" * 8
    state = obey(App(), encode_json({"name": longest}).encode())
    assert state["result"] == ""
    assert App().options["name"] == longest
    assert obey(App(), b'{"name":"\\ud83d"}', 8)["result"] == "bad_order"
    assert App().options["name"] == longest


def test_further_addresses_join_the_list():
    app = App()
    obey(app, b'{"allow":["C03D5A89A301"]}')
    obey(app, b'{"allow_more":["C03D5A89A301","C03D5A89A302"]}', 8)
    assert app.options["allow"] == ["C03D5A89A301", "C03D5A89A302"]


def test_what_cannot_be_done_is_answered_by_its_reason_and_changes_nothing():
    reasons = {
        b'{"scan_duty":1}': "bad_scan_duty",
        b'{"allow":["no address!"]}': "bad_allow",
        b'{"allow":["C03D5A89A30X"]}': "bad_allow",
        b'{"teapot":1}': "unknown_option",
        b"[]": "bad_order",
        b"{": "bad_order",
        b"\xff\xfe": "bad_order",
        b'{"survey":-1}': "bad_order",
        b'{"survey":"x"}': "bad_order",
        b'{"allow_more":5}': "bad_order",
        b'{"allow_more":[5]}': "bad_allow",
    }
    for number, (text, reason) in enumerate(reasons.items(), 1):
        app = App()
        state = obey(app, text, number)
        assert (state["order"], state["result"]) == (number, reason), (text, state["result"])
        assert (app.options["scan_duty"], app.options["allow"]) == (100, [])


def test_an_order_that_comes_again_is_confirmed_again_and_not_carried_out_again():
    app = App()
    one = errands(app)
    one.obey(7, b'{"scan_duty":50}')
    app.options.set({"scan_duty": 60})
    one.told(True)
    assert not one.due
    one.obey(7, b'{"scan_duty":50}')
    assert app.options["scan_duty"] == 60
    assert one.due


def test_a_restart_waits_for_the_confirmation_and_is_not_repeated_after_it():
    app = App()
    one = errands(app)
    one.obey(7, b'{"reboot":true}')
    one.told(False)
    assert app.restarts == []
    one.told(True)
    assert app.restarts == ["ordered by radio"]
    again = errands(app)
    again.obey(7, b'{"reboot":true}')
    again.told(True)
    assert len(app.restarts) == 1
    assert told(again)["order"] == 7


def test_after_power_was_lost_nothing_is_confirmed():
    Kept().role_data = b""
    assert told(errands(App()))["order"] == 0


def test_the_state_is_told_at_the_start_and_every_minute_and_again_soon_if_nobody_heard():
    one = errands(App())
    assert one.due
    one.told(False)
    assert time.ticks_diff(one._due, time.ticks_ms()) <= 2000
    one.told(True)
    assert 59_000 < time.ticks_diff(one._due, time.ticks_ms()) <= 60_000


def test_numbers_that_do_not_fit_are_told_as_the_largest():
    state = told(errands(App()))
    assert (state["boots"], state["reset"], state["name"]) == (0xFFFF, "deep_sleep", "Heck")


def test_a_survey_ends_by_itself():
    one = errands(App())
    assert not one.surveying
    one.obey(7, b'{"survey":600}')
    assert one.surveying
    one.told(True)
    assert time.ticks_diff(one._due, time.ticks_ms()) <= 2000
    one.survey(0)
    assert not one.surveying


async def test_the_lamp_blinks_when_asked_which_one_it_is():
    from machine import Pin

    app = App()
    app.options.set({"pin_led": 2})
    one = errands(app)
    one.obey(7, b'{"identify":true}')
    levels = []
    for _ in range(3):
        await asyncio.sleep_ms(BLINK_MS)
        levels.append(Pin.levels[2])
    one.blinking.cancel()
    assert levels in ([1, 0, 1], [0, 1, 0]), levels


def receipt(challenge, order=None, cut=0):
    """A receipt as the uplink sees it, opened."""
    buffer = bytearray(radio_frame.MAX_FRAME)
    length = pack_receipt(buffer, b"true", 1, 6)
    if order:
        length = append_order(buffer, length, *order)
    total = radio_frame.seal(
        buffer,
        length - cut,
        radio_frame.RECEIPT,
        radio_frame.DOWN_FLAG,
        TAG,
        5,
        1,
        (0, 0, 0, 0),
        KEY,
        DISPLAY,
        espnow.WLAN.mac,
    )
    frame = radio_frame.open_frame(
        buffer[:total], DISPLAY, espnow.WLAN.mac, TAG, lambda _: KEY, True
    )
    return _receipt(frame, challenge)


def test_an_order_counts_only_in_the_receipt_for_our_own_random_number():
    order = (7, b'{"reboot":true}')
    assert receipt(b"true", order) == (order, 5)
    assert receipt(b"fake", order) is None
    assert receipt(b"true") == (None, 5)
    assert receipt(b"true", order, cut=1) is None
