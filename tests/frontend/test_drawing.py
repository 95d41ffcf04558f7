"""The card alone, with states of every kind handed to it: what it says, and when it draws."""

import importlib.util
import re
from typing import Any

import pytest
from playwright.sync_api import ElementHandle, Page, Route, expect

from .conftest import HELPERS, MODULES, PROJECT

# Alone: the package around it needs Home Assistant.
_FILES = PROJECT / "custom_components" / "victron_espnow" / "frontend_files.py"
_spec = importlib.util.spec_from_file_location("frontend_files", _FILES)
frontend_files = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(frontend_files)
lean = frontend_files.lean

TRAILER = {
    "Shunt": "battery",
    "Roof": "solar",
    "Shore": "charger",
    "Screen": "display",
    "Box": "sensor",
}
TEXTS = {
    "component.victron_espnow.entity.event.alarm.state_attributes.kind.state.soc_low": "Low charge",
    "component.victron_espnow.entity.event.alarm.state_attributes.kind.state.voltage_low": "Low voltage",
    "component.victron_espnow.entity.event.device_reason.state_attributes.reason.state.overload": "Overload",
}


class Card:
    """A card on the blank page, and the hass that it was given last."""

    def __init__(self, page: Page, devices: dict[str, str], config: dict, options: dict) -> None:
        self.page = page
        self.element: ElementHandle = page.evaluate_handle(
            """async ([path, devices, config, options]) => {
              const { house, later, show } = await import(path);
              const card = show(house(devices, options), config);
              card.say = (states, attributes) => (card.hass = card.given = later(card.given, states, attributes));
              card.given = card._hass;
              return card;
            }""",
            [HELPERS, devices, config, {"texts": TEXTS, **options}],
        ).as_element()
        self.settle()

    def settle(self) -> None:
        """Wait until all that was asked for is drawn."""
        self.page.wait_for_timeout(60)
        self.page.wait_for_function("card => !card._due && card._sight.seen", arg=self.element)

    def say(self, states: dict[str, str], attributes: dict[str, Any] | None = None) -> None:
        """Let states change."""
        self.element.evaluate("(card, [s, a]) => card.say(s, a)", [states, attributes or None])
        self.settle()

    @property
    def drawn(self) -> int:
        """Return how often it was drawn."""
        return self.element.evaluate("card => card.drawn")

    def labels(self) -> list[str]:
        """Return what a screen reader says of each button that is seen."""
        return self.element.evaluate(
            """card => [...card.shadowRoot.querySelectorAll('button')]
              .filter(one => one.checkVisibility()).map(one => one.getAttribute('aria-label'))"""
        )

    def text(self) -> str:
        """Return all that can be read."""
        return self.element.evaluate("card => card.shadowRoot.querySelector('.body').innerText")


def card(page: Page, devices: dict[str, str] | None = None, config=None, **options: Any) -> Card:
    return Card(page, TRAILER if devices is None else devices, config or {}, options)


# What it says


def test_every_node_is_a_button_that_tells_value_and_unit(blank: Page):
    assert card(blank).labels() == [
        "Roof, 214 W, bulk",
        "Shore, 409 W, absorption",
        "Shunt, 87 %, -60 W, 13.32 V, -4.51 A, 38 h 0 min left, discharging",
        "Loads, 683 W",
        "Shunt, 87 %, discharging, 13.32 V · -4.51 A",
        "Roof, 214 W, bulk, 1.24 kWh today",
        "Shore, +29.9 A, absorption, 13.68 V",
        "Screen, connected",
        "Box, hears 3",
    ]


def test_units_that_the_user_prefers_are_understood(blank: Page):
    one = card(blank)
    one.say({"sensor.roof_solar_power": "0.35"}, {"unit_of_measurement": "kW"})
    one.say({"sensor.shunt_time_to_go": "1.5"}, {"unit_of_measurement": "h"})
    assert "350" in one.text()
    assert "1 h 30 min left" in one.text()


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("device_silent", "no signal from the device"),
        ("never_heard", "no signal from the device"),
        ("wrong_key", "key does not fit"),
        ("radio_lost", "sensor node out of reach"),
        ("link_lost", "display node unplugged"),
    ],
)
def test_an_old_value_gives_way_to_its_cause_and_age(blank: Page, status: str, cause: str):
    one = card(blank)
    one.say({"sensor.roof_reading_status": status})
    source, _, battery, loads, _, tile, *_ = one.labels()
    assert source == f"Roof, – W, {cause}"
    assert tile.startswith(f"Roof, – W, {cause} · ")
    assert tile.endswith(" ago")
    assert "87 %" in battery
    assert loads == "Loads, – W"  # nobody knows what they take


def test_an_age_in_seconds_moves_on_with_them(blank: Page):
    blank.clock.install(time="2026-11-29T12:00:00Z")  # when the device was heard last
    one = card(blank)
    one.say({"sensor.roof_reading_status": "link_lost"})
    for least in (6, 12, 18):
        blank.clock.fast_forward(6000)
        one.settle()
        [told] = re.findall(r"display node unplugged · (\d+) s ago", one.text())
        assert least <= int(told) < least + 6


def test_a_silent_battery_shows_no_number_at_all(blank: Page):
    one = card(blank)
    one.say({"sensor.shunt_reading_status": "radio_lost"})
    assert one.labels()[2] == "Shunt, – %, – W, – V, – A, sensor node out of reach"
    ring = one.element.evaluate("card => card.shadowRoot.querySelector('.ring svg').textContent")
    assert not any(character.isdigit() for character in ring)


def test_a_battery_that_is_charged_does_not_tell_when_it_is_empty(blank: Page):
    one = card(blank)
    assert "left" in one.labels()[2]
    one.say({"sensor.shunt_battery_power": "120"})
    assert one.labels()[2] == "Shunt, 87 %, +120 W, 13.32 V, -4.51 A, charging"


def test_a_converter_without_a_current_tells_its_voltage_and_that_nobody_knows_the_loads(
    blank: Page,
):
    one = card(blank, {"Shunt": "battery", "Orion": "converter"})
    assert one.labels()[0] == "Orion, 14.20 V, bulk"
    assert one.labels()[2] == "Loads, – W, Orion not measured"
    assert one.labels()[4] == "Orion, 14.20 V, bulk, 13.80 V"
    one.say({"sensor.orion_charge_state": "off"})
    assert one.labels()[0] == "Orion, 0 W, off"
    assert one.labels()[2] == "Loads, 60 W"
    one.say({"sensor.orion_reading_status": "radio_lost"})
    assert one.labels()[0] == "Orion, – W, sensor node out of reach"
    assert one.labels()[2] == "Loads, – W"


@pytest.mark.parametrize(
    ("percent", "said"), [("9.5", "9 %"), ("10.0", "10 %"), ("99.9", "99 %"), ("100.0", "100 %")]
)
def test_a_charge_below_a_limit_does_not_read_as_if_it_were_at_it(
    blank: Page, percent: str, said: str
):
    one = card(blank)
    one.say({"sensor.shunt_state_of_charge": percent}, {"unit_of_measurement": "%"})
    _, _, ring, _, tile, *_ = one.labels()
    assert ring.startswith(f"Shunt, {said}, ")
    assert tile.startswith(f"Shunt, {said}, ")


def test_a_mains_charger_without_mains_is_no_fault(blank: Page):
    one = card(blank)
    one.say({"sensor.shore_reading_status": "device_silent"})
    labels = one.labels()
    assert labels[1] == "Shore, 0 W, no mains"
    assert labels[3] == "Loads, 274 W"
    assert labels[6] == "Shore, 0 W, no mains"


@pytest.mark.parametrize(
    ("active", "level", "said"),
    [
        (["soc_low"], "warning", "Low charge"),
        (["voltage_low"], "critical", "Low voltage"),
        (["soc_low", "overload"], "critical", "Low charge, Overload"),
        (["invented"], "critical", "Alarm"),
        ([], "critical", "Alarm"),
    ],
)
def test_an_alarm_is_named(blank: Page, active: list[str], level: str, said: str):
    one = card(blank)
    one.say({"binary_sensor.shunt_problem": "on"}, {"active": active})
    assert one.labels()[4].endswith(f", {said}")
    find = "card => card.shadowRoot.querySelector('.tile').dataset.alert"
    assert one.element.evaluate(find) == level


def test_silence_is_told_once(blank: Page):
    one = card(blank)
    one.say({"binary_sensor.shunt_problem": "on"}, {"active": ["no_data"]})
    assert one.labels()[4] == "Shunt, 87 %, discharging, 13.32 V · -4.51 A"


def test_boards_tell_whether_they_are_there(blank: Page):
    one = card(blank)
    one.say({"binary_sensor.box_radio_connection": "off"})
    assert one.labels()[-1] == "Box, sensor node out of reach"
    one.say({"binary_sensor.screen_usb_connection": "off"})
    one.say({"binary_sensor.box_radio_connection": "unavailable"})
    assert one.labels()[-2:] == ["Screen, display node unplugged", "Box, display node unplugged"]


@pytest.mark.parametrize(
    ("language", "numbers", "words"),
    [
        ("de", "language", ["Verbraucher", "entlädt", "13,32 V", "noch 38 h 0 min", "hört 3"]),
        ("fr", "language", ["Consommateurs", "en décharge", "13,32 V"]),
        ("nl", "comma_decimal", ["Verbruikers", "13.32 V"]),
        ("es", "language", ["Consumos", "quedan 38 h 0 min"]),
        ("it", "language", ["Carichi", "in scarica"]),
        ("sv", "decimal_comma", ["Loads", "13,32 V"]),
    ],
)
def test_it_speaks_the_users_language(blank: Page, language: str, numbers: str, words: list[str]):
    labels = " ".join(card(blank, language=language, numbers=numbers).labels())
    assert [one for one in words if one not in labels] == []


def test_without_a_device_it_says_so(blank: Page):
    one = card(blank, {})
    assert one.text() == "No Victron device yet"
    assert one.labels() == []


def test_the_picker_shows_an_example_until_there_is_a_device(blank: Page):
    stub = (
        "async ([path, devices]) => (await import(path)).show((await import(path)).house(devices))"
    )
    empty = blank.evaluate_handle(f"({stub})", [HELPERS, {}]).as_element()
    assert empty.evaluate("card => card.constructor.getStubConfig(card._hass)") == {"demo": True}
    assert "Example" in card(blank, {}, {"demo": True}).text()
    one = card(blank, {"Shunt": "battery"}, {"demo": True})
    assert "Example" not in one.text()
    assert one.element.evaluate("card => card.constructor.getStubConfig(card._hass)") == {}


def test_a_charger_alone_shows_at_least_the_voltage(blank: Page):
    one = card(blank, {"Roof": "solar"})
    assert one.labels()[1] == "Battery, 13.40 V"
    ring = one.element.evaluate("card => card.shadowRoot.querySelector('.ring svg').textContent")
    assert ring == "Battery 13.40 V   "


def test_a_battery_sense_gives_way_to_a_monitor_and_else_its_voltage_is_the_batterys(blank: Page):
    """The same as on the node's page: test_page.py."""
    one = card(blank, {"Sense": "sense", "Shunt": "battery", "Roof": "solar"})
    assert one.labels()[1].startswith("Shunt, 87 %")
    assert one.labels()[3] == "Sense, 13.11 V"  # the first tile
    one = card(blank, {"Roof": "solar", "Sense": "sense"})
    assert one.labels()[1] == "Battery, 13.11 V"


def test_a_second_battery_is_no_source(blank: Page):
    one = card(blank, {"Shunt": "battery", "Starter": "battery", "Roof": "solar"})
    drawn = one.labels()[: one.labels().index("Loads, 274 W") + 1]
    assert [label.partition(",")[0] for label in drawn] == ["Roof", "Shunt", "Loads"]


def test_tiles_stand_in_the_order_of_oled_and_page(blank: Page):
    """An inverter is no battery monitor and no charger there either (firmware/display/summary.py)."""
    kinds = ("multi", "inverter", "charger", "converter", "solar", "battery")
    names = ("Galley", "Multi", "Shore", "Orion", "roof", "Shunt")
    one = card(blank, dict(zip(names, kinds, strict=True)), {"show": ["tiles"]})
    shown = [said.partition(",")[0] for said in one.labels()]
    assert shown == ["Shunt", "roof", "Orion", "Shore", "Galley", "Multi"]


def test_what_the_user_puts_in_another_order_moves_at_once(blank: Page):
    """No device and no entity is another then: only an attribute of its reading status."""
    one = card(blank)
    roof, shore, shunt, loads, *tiles = one.labels()
    one.say({"sensor.shore_reading_status": "fresh"}, {"place_on_display": 1})
    one.say({"sensor.shunt_reading_status": "fresh"}, {"place_on_display": 2})
    moved = [tiles[2], tiles[0], tiles[1]]
    assert one.labels() == [shore, roof, shunt, loads, *moved, *tiles[3:]]
    one.say({"sensor.shore_reading_status": "fresh"}, {"place_on_display": None})
    one.say({"sensor.shunt_reading_status": "fresh"}, {"place_on_display": None})
    assert one.labels() == [roof, shore, shunt, loads, *tiles]


# What can be set


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_theme_may_have_another_accent(blank: Page, dark: bool):
    one = card(blank, dark=dark)

    def accents() -> list[str]:
        """Return the colours of the ring, a dot on its way, a curve and a board that is there."""
        return one.element.evaluate(
            """card => [['.level', 'stroke'], ['.dot', 'backgroundColor'], ['.course', 'stroke'],
                ['.board[data-there] .lamp', 'backgroundColor']]
              .map(([selector, name]) => getComputedStyle(card.shadowRoot.querySelector(selector))[name])"""
        )

    usual = "rgb(91, 154, 222)" if dark else "rgb(56, 125, 197)"
    assert set(accents()) == {usual}
    name = "--victron-espnow-accent"
    blank.evaluate("name => document.documentElement.style.setProperty(name, '#0a7d3b')", name)
    assert set(accents()) == {"rgb(10, 125, 59)"}
    blank.evaluate("name => document.documentElement.style.removeProperty(name)", name)


def test_parts_and_devices_can_be_chosen(blank: Page):
    one = card(blank, config={"show": ["tiles"], "devices": ["Roof"], "title": "On the roof"})
    assert one.labels() == ["Roof, 214 W, bulk, 1.24 kWh today"]
    assert one.text().startswith("On the roof")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"devices": "Roof"}, "devices is a list"),
        ({"show": ["flow", "nonsense"]}, "show is a list of flow, tiles, boards"),
        ({"title": 7}, "title is a text"),
        ({"hours": 0}, "hours is"),
        ({"hours": "many"}, "hours is"),
    ],
)
def test_a_wrong_configuration_is_named(blank: Page, config: dict, said: str):
    one = card(blank)
    found = one.element.evaluate(
        "(card, config) => { try { card.setConfig(config) } catch (error) { return error.message } }",
        config,
    )
    assert said in found


def test_the_form_offers_what_the_card_takes(blank: Page):
    one = card(blank)
    fields = one.element.evaluate(
        "async card => (await card.constructor.getConfigForm()).schema.map(({ name }) => name)"
    )
    assert fields == ["title", "devices", "show", "hours", "tap_action", "hold_action"]
    labels = one.element.evaluate(
        """async card => { const form = await card.constructor.getConfigForm();
          return form.schema.map(field => form.computeLabel(field, key => key.split('.').at(-1))) }"""
    )
    assert labels == [
        "title",
        "Only these devices",
        "What is shown",
        "hours_to_show",
        "tap_action",
        "hold_action",
    ]


# When it draws


def test_states_of_others_are_no_reason_to_draw(blank: Page):
    one = card(blank)
    before = one.drawn
    mutations = one.element.evaluate(
        """async card => {
          let seen = 0;
          const watch = new MutationObserver(list => { seen += list.length });
          watch.observe(card.shadowRoot, { subtree: true, childList: true, attributes: true, characterData: true });
          for (let number = 0; number < 200; number++) {
            card.say({ 'light.lamp': number % 2 ? 'on' : 'off', ['sensor.of_others_' + number]: String(number) });
            if (number % 20 === 0) card.hass = card.given = { ...card.given, entities: { ...card.given.entities } };
            await new Promise(done => setTimeout(done, 2));
          }
          await new Promise(done => setTimeout(done, 300));
          watch.disconnect();
          return seen;
        }"""
    )
    print(
        f"redraws for 200 foreign changes: {one.drawn - before}, changes of elements: {mutations}"
    )
    assert one.drawn == before
    assert mutations == 0
    one.say({"sensor.roof_solar_power": "5"})
    assert one.drawn == before + 1


def test_many_changes_at_once_are_one_drawing(blank: Page):
    one = card(blank)
    blank.wait_for_timeout(250)
    before = one.drawn
    one.element.evaluate(
        "card => { for (let n = 0; n < 50; n++) card.say({ 'sensor.roof_solar_power': String(n) }) }"
    )
    one.settle()
    assert one.drawn == before + 1
    assert "49" in one.text()


def test_out_of_sight_nothing_is_drawn_and_nothing_runs(blank: Page):
    one = card(blank)
    running = """card => card._flow.element.getAnimations({ subtree: true })
      .filter(({ playState }) => playState === 'running').length"""
    assert one.element.evaluate(running) > 0
    one.element.evaluate("card => { card.style.marginTop = '5000px' }")
    blank.wait_for_function("card => !card._sight.seen", arg=one.element)
    before = one.drawn
    one.element.evaluate("card => card.say({ 'sensor.roof_solar_power': '77' })")
    blank.wait_for_timeout(300)
    assert one.drawn == before
    assert one.element.evaluate(running) == 0
    one.element.evaluate("card => { card.style.marginTop = '0' }")
    one.settle()
    blank.wait_for_timeout(100)
    assert "77" in one.text()
    assert one.element.evaluate(running) > 0


def test_a_card_that_nobody_has_seen_yet_has_no_buttons_without_names(blank: Page):
    blank.evaluate("document.body.style.paddingTop = '5000px'")
    one = blank.evaluate_handle(
        "async ([path, devices]) => { const { house, show } = await import(path); return show(house(devices)); }",
        [HELPERS, TRAILER],
    )
    blank.wait_for_timeout(300)
    visible = "card => [...card.shadowRoot.querySelectorAll('button, h2')].filter(x => x.checkVisibility()).length"
    assert one.evaluate("card => [card.drawn, card._sight.seen]") == [0, False]
    assert one.evaluate(visible) == 0
    blank.evaluate("document.body.style.paddingTop = ''")
    blank.wait_for_function("card => card.drawn", arg=one)
    assert one.evaluate(visible) > 3


def test_dots_go_on_from_where_they_are_when_the_power_changes(blank: Page):
    one = card(blank)
    times = """card => card._flow._links.get('Roof')._running
      .map(a => [a.currentTime % 1e6, a.playbackRate, document.timeline.currentTime])"""
    before = one.element.evaluate(times)
    one.say({"sensor.roof_solar_power": "900"})
    after = one.element.evaluate(times)
    assert len(after) == len(before) > 0
    for (time_before, rate_before, then), (time_after, rate_after, now) in zip(
        before, after, strict=True
    ):
        assert rate_after > rate_before
        assert 0 <= time_after - time_before <= (now - then) * rate_after + 100


def test_little_power_does_not_flow(blank: Page):
    one = card(blank)
    one.say({"sensor.roof_solar_power": "12"})
    count = "card => card._flow._links.get('Roof')._running.length"
    assert one.element.evaluate(count) == 0
    one.say({"sensor.roof_solar_power": "60"})
    assert one.element.evaluate(count) > 0


def test_who_wants_less_motion_sees_arrows(blank: Page):
    blank.emulate_media(reduced_motion="reduce")
    one = card(blank)
    look = """card => [card._flow.element.getAnimations({ subtree: true }).length,
      [...card.shadowRoot.querySelectorAll('.arrow')].filter(a => !a.hasAttribute('hidden')).length]"""
    assert one.element.evaluate(look) == [0, 3]
    blank.emulate_media(reduced_motion="no-preference")
    blank.wait_for_function(f"card => ({look})(card)[1] === 0", arg=one.element)


def test_taken_away_it_leaves_nothing_running(blank: Page):
    one = card(blank)
    running = "card => card._flow.element.getAnimations({ subtree: true }).length"
    assert one.element.evaluate(running) > 0
    one.element.evaluate("card => card.remove()")
    one.element.evaluate("card => card.say({ 'sensor.roof_solar_power': '5' })")
    blank.wait_for_timeout(300)
    assert one.element.evaluate(running) == 0
    assert one.element.evaluate("card => card._due") == 0
    one.element.evaluate("card => document.body.append(card)")
    one.settle()
    assert one.labels()[0] == "Roof, 5 W, bulk"


def test_a_device_that_goes_takes_its_line_along(blank: Page):
    one = card(blank)
    one.element.evaluate(
        """card => { const entities = Object.fromEntries(Object.entries(card.given.entities)
          .filter(([, entry]) => entry.device_id !== 'Roof'));
          card.hass = card.given = { ...card.given, entities }; }"""
    )
    one.settle()
    assert [label for label in one.labels() if "Roof" in label] == []
    assert one.element.evaluate("card => card.shadowRoot.querySelectorAll('.lines g').length") == 2


# Where things are


BOX = "card => card.shadowRoot.querySelector('{}').getBoundingClientRect().toJSON()"


def test_from_right_to_left_the_sources_stand_on_the_right(blank: Page):
    blank.evaluate("document.documentElement.dir = 'rtl'")
    one = card(blank)
    sources, ring, loads = (
        one.element.evaluate(BOX.format(part)) for part in (".sources", ".ring", ".loads")
    )
    assert sources["left"] > ring["right"] > ring["left"] > loads["right"]
    first = one.element.evaluate(
        """card => { const { _links, element } = card._flow;
          return _links.get('Roof')._way[0].x + element.getBoundingClientRect().left; }"""
    )
    assert first == pytest.approx(sources["left"], abs=20)


@pytest.mark.parametrize("width", [288, 320, 375, 600, 900, 1400])
def test_nothing_is_cut_off_at_any_width(blank: Page, width: int):
    blank.set_viewport_size({"width": width, "height": 1000})
    one = card(blank)
    blank.wait_for_timeout(100)
    outside = one.element.evaluate(
        """card => { const box = card.getBoundingClientRect();
          return [...card.shadowRoot.querySelectorAll('button')].filter(one => {
            const { left, right } = one.getBoundingClientRect();
            return left < box.left - 1 || right > box.right + 1 || one.scrollWidth > one.clientWidth + 1;
          }).map(one => one.getAttribute('aria-label')); }"""
    )
    assert outside == []


# What a press does


def pressed(one: Card) -> list:
    return one.element.evaluate_handle(
        """card => { const told = [];
          for (const name of ['hass-more-info', 'hass-action'])
            card.addEventListener(name, ({ detail: { entityId, config, action } }) =>
              told.push([name, entityId ?? config.entity, action]));
          return told; }"""
    )


def test_a_press_tells_more(blank: Page):
    one = card(blank)
    told = pressed(one)
    blank.get_by_role("button", name="Roof, 214 W, bulk", exact=True).click()
    blank.get_by_role("button", name="Loads").click()
    blank.get_by_role("button", name="Box").click()
    blank.get_by_role("button", name="Shore, 409 W").click()
    blank.get_by_role("button", name="Shore, +29.9 A").click()
    blank.get_by_role("button", name="Shunt, 87 %, -60 W").focus()
    blank.keyboard.press("Enter")
    blank.keyboard.press("Space")
    assert told.json_value() == [
        ["hass-more-info", "sensor.roof_solar_power", None],
        ["hass-more-info", "sensor.shunt_battery_power", None],
        ["hass-more-info", "binary_sensor.box_radio_connection", None],
        ["hass-more-info", "sensor.shore_battery_power", None],
        ["hass-more-info", "sensor.shore_battery_current", None],
        ["hass-more-info", "sensor.shunt_state_of_charge", None],
        ["hass-more-info", "sensor.shunt_state_of_charge", None],
    ]


def test_a_long_press_is_an_action_of_its_own(blank: Page):
    navigate = {"action": "navigate", "navigation_path": "/energy"}
    one = card(blank, config={"hold_action": navigate})
    told = pressed(one)
    button = blank.get_by_role("button", name="Roof, 214 W, bulk", exact=True)
    button.click(delay=700)
    button.click()
    assert [entry[::2] for entry in told.json_value()] == [
        ["hass-action", "hold"],
        ["hass-more-info", None],
    ]


def test_a_long_press_without_an_action_is_a_press(blank: Page):
    one = card(blank)
    told = pressed(one)
    blank.get_by_role("button", name="Roof, 214 W, bulk", exact=True).click(delay=700)
    assert told.json_value() == [["hass-more-info", "sensor.roof_solar_power", None]]


def test_the_keyboard_reaches_every_node_in_order(blank: Page):
    one = card(blank)
    found = []
    for _ in one.labels():
        blank.keyboard.press("Tab")
        found.append(
            one.element.evaluate(
                "card => card.shadowRoot.activeElement?.getAttribute('aria-label')"
            )
        )
    assert found == one.labels()
    expect(blank.locator("body")).to_be_visible()


# What is served


def test_without_its_comments_every_module_is_the_same(blank: Page):
    """The files that browsers get are made of these by leaving out what is for readers."""
    sources = {path.name: path.read_text("utf-8") for path in (PROJECT / MODULES[1:]).glob("*.js")}

    def serve(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        route.fulfill(body=lean(sources[name]), content_type="text/javascript")

    blank.route("**/lean/*.js", serve)
    names = [name for name in sources if name != "late.js"]
    different = blank.evaluate(
        """async ([root, names]) => {
          const different = [];
          const rules = (style) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(style);
            return [...sheet.cssRules].map(({ cssText }) => cssText.replaceAll(', ', ',')).join('');
          };
          for (const name of names) {
            const [full, lean] = [await import(root + name), await import('/lean/' + name)];
            const plain = (one) => typeof one === 'string' || typeof one === 'number';
            const same = (one, other) => (plain(one) ? one === other : typeof one === typeof other);
            const keys = Object.keys(full);
            if (keys.join() !== Object.keys(lean).join()) different.push(name);
            for (const key of keys) {
              const read = key.endsWith('STYLE') ? rules : (one) => one;
              if (!same(read(full[key]), read(lean[key]))) different.push(name + ' ' + key);
            }
          }
          return different;
        }""",
        [MODULES, names],
    )
    blank.unroute_all()
    assert len(names) > 20
    assert different == []
