"""Wi-Fi on the display node: rules that keep ESP-NOW receiving, fallback, and a password nobody guesses."""

import asyncio

from network import AUTH_WPA2_PSK, WLAN

from display import access_point, wifi
from display.wifi import FALLBACK_TRIES, Wifi
from node.pulse import Pulse
from node.radio_link import RadioLink

STATION, POINT = WLAN.IF_STA, WLAN.IF_AP
MAC = b"\x24\x0a\xc4\x00\x00\x01"


class Log:
    def __init__(self):
        self.lines = []

    def info(self, text):
        self.lines.append(text)

    warning = info

    def fault(self, where, error):
        self.lines.append(f"{where}: {error}")


class Options:
    def __init__(self, **values):
        self.values = {"wifi_mode": "off", "wifi_ssid": "", "wifi_password": "", "channel": 6}
        self.values.update(values)

    def __getitem__(self, name):
        return self.values[name]

    def on_change(self, callback):
        self.changed = callback

    def set(self, **values):
        self.values.update(values)
        self.changed(set(values))


class App:
    name = "Küche"

    def __init__(self, **options):
        self.log = Log()
        self.options = Options(**options)


class Running:
    """A Wi-Fi whose pauses are short."""

    def __init__(self, **options):
        wifi.PAUSES_S = (0,)
        wifi.LOOK_MS = wifi.CONNECTING_LOOK_MS = 1
        self.app = App(**options)
        self.link = RadioLink()
        self.link.set_channel(6)
        WLAN.log.clear()
        self.wifi = Wifi(self.app, self.link)

    async def go(self, ms=100):
        """Run for a while."""
        task = asyncio.create_task(self.wifi.run(Pulse("wifi")))
        await asyncio.sleep_ms(ms)
        task.cancel()
        return self

    @property
    def log(self):
        return self.app.log.lines


HOME = {"wifi_mode": "station", "wifi_ssid": "home", "wifi_password": "password"}


async def test_switched_off_it_touches_nothing():
    await Running().go()
    assert WLAN.log == []
    assert WLAN.tries == 0


async def test_a_station_neither_sleeps_nor_reconnects_by_itself():
    WLAN.joins = {"home": ("password", 11)}
    running = await Running(**HOME).go()
    settings = WLAN.settings[STATION]
    assert (settings["reconnects"], settings["pm"]) == (0, 0)
    assert WLAN.log.index(("config", STATION, ["reconnects"])) == 0  # before it connects
    assert running.wifi.health() == {
        "wifi": {
            "mode": "station",
            "state": "connected",
            "ip": "192.168.1.77",
            "rssi": -50,
            "ssid": "home",
        }
    }
    assert running.wifi.channel == 11
    assert "Wi-Fi: home, 192.168.1.77, channel 11" in running.log


async def test_health_is_told_in_the_moment_of_losing_the_access_point_too():
    WLAN.joins = {"home": ("password", 11)}
    running = await Running(**HOME).go()
    WLAN.state = 200
    assert running.wifi.state == "connected"  # as far as we know
    assert "rssi" not in running.wifi.health()["wifi"]


async def test_between_two_tries_the_channel_is_the_last_known_one():
    WLAN.joins = {"home": ("password", 11)}
    running = Running(**HOME)
    wifi.PAUSES_S = (1000,)
    task = asyncio.create_task(running.wifi.run(Pulse("wifi")))
    await asyncio.sleep_ms(20)
    WLAN.joins = {}
    WLAN.state = 200
    WLAN.channel = 13  # where a search of the driver's may have ended
    await asyncio.sleep_ms(20)
    task.cancel()
    assert running.wifi.state == "waiting"
    assert WLAN.channel == 11


async def test_while_it_searches_sensor_nodes_are_told_the_channel_it_comes_back_to():
    running = Running(**HOME)
    told = []

    def searching(_station, _ssid, _key=None):
        WLAN.channel = 3
        told.append(running.link.lasting_channel)

    WLAN.connect = searching
    await running.go()
    assert told[0] == 6
    assert running.link.home == 0


async def test_a_wrong_password_is_told_as_such_and_once():
    WLAN.joins = {"home": ("something else", 11)}
    running = await Running(**HOME).go(100)
    assert WLAN.tries > 2
    told = [line for line in running.log if "wrong password" in line]
    assert len(told) == 1
    assert running.wifi.health()["wifi"]["problem"] == "wrong password"
    assert "password" not in running.app.options["wifi_ssid"]


async def test_after_some_tries_our_own_access_point_opens_and_closes_when_the_network_is_back():
    running = Running(**HOME)
    task = asyncio.create_task(running.wifi.run(Pulse("wifi")))
    while WLAN.tries < FALLBACK_TRIES:
        assert not running.wifi.point_open
        await asyncio.sleep_ms(1)
    await until(lambda: running.wifi.point_open)
    assert running.wifi.address() == "192.168.4.1"
    WLAN.joins = {"home": ("password", 11)}
    await until(lambda: running.wifi.state == "connected")
    await until(lambda: not running.wifi.point_open)
    task.cancel()


async def test_an_access_point_is_never_open_without_its_password():
    running = await Running(wifi_mode="ap", channel=9).go()
    settings = WLAN.settings[POINT]
    assert settings["security"] == AUTH_WPA2_PSK
    assert settings["key"] == running.wifi.point_password
    assert settings["ssid"] == "Kche-0001"
    before = WLAN.log[: WLAN.log.index(("active", POINT, True))]
    assert ("config", POINT, ["key", "security", "ssid"]) in before
    assert WLAN.channel == 9


async def test_the_password_is_made_once_and_not_told():
    first = await Running(wifi_mode="ap").go()
    password = first.wifi.point_password
    second = await Running(wifi_mode="ap").go()
    assert second.wifi.point_password == password
    assert len(password) == access_point.LENGTH
    assert set(password) <= set(access_point.LETTERS)
    told = str(first.log + second.log) + str(first.wifi.health())
    assert password not in told


def test_every_password_is_another_one_and_its_letters_are_equally_likely():
    counts = dict.fromkeys(access_point.LETTERS, 0)
    for _ in range(400):
        for letter in access_point._random_text():
            counts[letter] += 1
    expected = 400 * access_point.LENGTH / len(counts)
    assert 0.6 * expected < min(counts.values())
    assert max(counts.values()) < 1.4 * expected
    assert not set("il1o0") & set(counts)


def test_letters_that_come_up_more_often_than_others_are_drawn_again():
    drawn = [255, 248, 0, 247]
    original = access_point.os
    access_point.os = os_of(drawn)
    access_point.LENGTH = 2
    text = access_point._random_text()
    access_point.os = original
    assert text == access_point.LETTERS[0] + access_point.LETTERS[-1]


def os_of(bytes_drawn):
    class Chance:
        @staticmethod
        def urandom(_count):
            return bytes((bytes_drawn.pop(0),))

    return Chance


def test_the_name_of_the_network_fits_whatever_the_node_is_called():
    assert access_point.ssid("", MAC) == "Victron-0001"
    long = access_point.ssid("x" * 40, MAC)
    assert len(long) == 32
    assert long.endswith("x-0001")


async def until(condition):
    """Wait for it, for two seconds at most: a busy machine takes its time."""
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep_ms(5)
    raise AssertionError


async def test_other_options_take_effect_at_once():
    running = Running()
    task = asyncio.create_task(running.wifi.run(Pulse("wifi")))
    await asyncio.sleep_ms(5)
    running.app.options.set(channel=3)
    await until(lambda: WLAN.channel == 3)
    WLAN.joins = {"home": ("password", 11)}
    running.app.options.set(**HOME)
    await until(lambda: running.wifi.state == "connected")
    running.app.options.set(wifi_mode="off")
    await until(lambda: running.wifi.state == "off")
    assert (running.wifi.state, WLAN.state, WLAN.channel) == ("off", 1000, 3)
    task.cancel()


async def test_without_a_name_it_does_not_search():
    running = await Running(wifi_mode="station").go(20)
    assert any("no network name set" in line for line in running.log)
    assert WLAN.tries == 0
