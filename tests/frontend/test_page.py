"""The display node's page, as its real firmware serves it."""

import gzip
import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .access import obstacles, obstacles_when_narrow
from .boat import Boat
from .conftest import watch

LIMIT_BYTES = 12 * 1024
LIMIT_STATE_BYTES = 1536
SILENT = "display node does not answer"


@pytest.fixture
def look(chromium: Browser, boat: Boat) -> Iterator[Callable[..., Page]]:
    """Open the page on a phone; whatever goes wrong in it fails the test, a node that is off apart."""
    contexts = []

    def run(
        dark: bool = False, width: int = 390, locale: str = "en-GB", answer: Any = None, **more: Any
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            locale=locale,
            **more,
        )
        page = context.new_page()
        page.clock.install()  # runs as usual, until a test hastens it
        wrong: list[str] = []
        watch(page, wrong)
        contexts.append((context, wrong))
        if answer is not None:
            page.route("**/api/state", lambda route: route.fulfill(json=answer))
        page.goto(boat.url)
        page.locator("main").wait_for()
        return page

    yield run
    for context, wrong in contexts:
        context.close()
        assert [one for one in wrong if "ERR_CONNECTION" not in one] == []


def state_of(boat: Boat) -> dict[str, Any]:
    """Return what the node says now."""
    with urllib.request.urlopen(boat.url + "/api/state", timeout=5) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def known(boat: Boat) -> dict[str, Any]:
    """What the node says once it has heard everybody."""
    deadline = time.monotonic() + 30
    while True:
        state = state_of(boat)
        told = [one for one in state["devices"] if "values" in one]
        if len(told) == 3 and state["nodes"][0]["name"]:
            return state
        assert time.monotonic() < deadline, state
        time.sleep(0.3)


def label(page: Page, selector: str) -> str:
    return page.locator(selector).first.get_attribute("aria-label") or ""


def test_it_shows_what_the_devices_say(look, known):
    page = look()
    page.locator(".tile").first.wait_for()
    assert label(page, ".ring") == "Shunt, 76 %, +132 W, 13.20 V, +10.0 A, charging"
    assert label(page, ".node.solar") == "Roof, 210 W, bulk"
    assert label(page, ".node.charger") == "Shore, 53 W, float"
    assert label(page, ".node.loads") == "Loads, 131 W"
    tiles = page.locator(".tile").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert [one.split(", ")[:2] for one in tiles] == [
        ["Shore", "+4.00 A"],
        ["Roof", "210 W"],
        ["Shunt", "76 %"],
    ]
    assert "1.23 kWh today" in " ".join(tiles)
    expect(page.locator(".board")).to_contain_text("Battery box")
    expect(page.locator("h1")).to_have_text("Cabin")
    expect(page.locator(".alarms")).to_be_hidden()


def test_home_assistant_is_there_once_it_has_told_the_time(look, boat: Boat, known):
    """Keys and settings came over the same line, but those anybody can send."""
    foot = look().locator(".foot")
    expect(foot).to_contain_text("Home Assistant: not heard yet")
    boat.command("time", unix=1_790_000_000)
    expect(foot).to_contain_text("Home Assistant: connected", timeout=8000)


def test_a_new_value_is_there_within_seconds(look, boat: Boat, known):
    page = look()
    boat.solar.values["pv_power_w"] = 77
    expect(page.locator(".node.solar .value")).to_have_text("77", timeout=8000)
    boat.solar.values["pv_power_w"] = 210
    expect(page.locator(".node.solar .value")).to_have_text("210", timeout=8000)


def test_it_is_small_and_needs_three_requests_at_most(look, known):
    asked: list[tuple[str, int]] = []
    page = look(locale="de-DE")
    page.on(
        "response",
        lambda one: asked.append(
            (one.url.rpartition("/")[2], int(one.headers.get("content-length", 0)))
        ),
    )
    page.reload()
    page.locator(".tile").first.wait_for()
    first = [name for name, _ in asked][: [name for name, _ in asked].index("state") + 1]
    sizes = dict(asked)
    print(f"page {sizes['']} bytes, words {sizes['de']}, requests to first values {first}")
    assert len(first) <= 3
    assert 8000 < sizes[""] <= LIMIT_BYTES
    expect(page.locator(".node.solar .state")).to_have_text("Hauptladung")


def test_the_state_is_small(boat: Boat, known):
    with urllib.request.urlopen(boat.url + "/api/state", timeout=5) as answer:
        size = len(answer.read())
    print(f"/api/state: {size} bytes for 3 devices")
    assert 500 < size <= LIMIT_STATE_BYTES


def test_nothing_comes_from_elsewhere(look, boat: Boat, known):
    page = look()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.reload()
    page.locator(".tile").first.wait_for()
    assert {one.partition("//")[2].partition("/")[0] for one in asked} == {boat.url[7:]}


def test_an_alarm_stands_above_everything(look, boat: Boat, known):
    page = look()
    boat.command("alarm_test", severity="critical")
    page.clock.fast_forward(2000)
    alarm = page.locator(".alarms > div")
    expect(alarm).to_contain_text("Test alarm", timeout=8000)
    expect(alarm).to_have_attribute("data-severity", "critical")
    boat.command("acknowledge")
    page.clock.fast_forward(2000)
    expect(alarm).to_contain_text("seen", timeout=8000)


def changed(known: dict[str, Any], **of_the_first: Any) -> dict[str, Any]:
    """Return the same state with another first device, the battery."""
    state = json.loads(json.dumps(known))
    battery = next(one for one in state["devices"] if one["kind"] == "battery")
    battery.update(of_the_first)
    if of_the_first.get("cause"):
        battery.pop("values")
    return state


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("device", "no signal from the device"),
        ("radio", "sensor node out of reach"),
        ("key_mismatch", "key does not fit"),
    ],
)
def test_an_old_value_gives_way_to_its_cause(look, known, cause: str, said: str):
    page = look(answer=changed(known, cause=cause, age_s=75))
    ring = page.locator(".ring svg")
    ring.wait_for()
    assert said in label(page, ".ring")
    assert not any(letter.isdigit() for letter in ring.text_content() or "")
    tile = page.locator(".tile[data-lost]")
    expect(tile).to_contain_text(f"{said} · 1 min ago")
    assert not any(letter.isdigit() for letter in tile.locator(".value").text_content() or "")


def test_a_device_without_a_key_says_what_is_missing(look, known):
    page = look(answer=changed(known, cause="key_missing", name=""))
    tile = page.locator(".tile[data-lost]")
    expect(tile).to_contain_text("no key yet")
    expect(tile).to_contain_text("Battery A202")


def converter(known: dict[str, Any], device_state: int) -> dict[str, Any]:
    """Return the same state with a DC-DC converter that measures no current, as many do."""
    values = {"output_voltage_v": 14.2, "input_voltage_v": 13.8, "device_state": device_state}
    about = {"mac": "C00000A1A204", "name": "Orion", "kind": "charger", "record": "dcdc_converter"}
    orion = {**about, "rssi": -60, "age_s": 1, "cause": "", "values": values}
    return {**known, "devices": [*known["devices"], orion]}


def test_a_converter_without_a_current_tells_its_voltage_and_that_nobody_knows_the_loads(
    look, known
):
    page = look(answer=converter(known, device_state=3))
    assert label(page, ".node.alternator") == "Orion, 14.20 V, bulk"
    assert label(page, ".node.loads") == "Loads, – W, Orion not measured"
    assert label(page, ".tile:last-child").startswith("Orion, 14.20 V, bulk")
    page = look(answer=converter(known, device_state=0))
    assert label(page, ".node.alternator") == "Orion, 0 W, off"
    assert label(page, ".node.loads") == "Loads, 131 W"


def test_a_battery_sense_gives_way_to_a_monitor_and_else_its_voltage_is_the_batterys(look, known):
    """The same as on the card: test_drawing.py."""
    about = {"mac": "C00000A1A2A4", "name": "Sense", "kind": "battery", "record": "battery_monitor"}
    values = {"battery_voltage_v": 13.11, "temperature_c": 21}
    sense = {**about, "rssi": -60, "age_s": 1, "cause": "", "values": values}
    page = look(answer={**known, "devices": [sense, *known["devices"]]})
    assert label(page, ".ring").startswith("Shunt, 76 %")
    assert label(page, ".tile").startswith("Sense, 13.11 V")
    others = [one for one in known["devices"] if one["kind"] != "battery"]
    page = look(answer={**known, "devices": [sense, *others]})
    assert label(page, ".ring") == "Battery, 13.11 V"


def test_a_battery_sense_that_falls_silent_does_not_take_the_monitors_place(look, known):
    """Without values it looks like a monitor that is silent."""
    about = {"mac": "C00000A1A2A4", "name": "Sense", "kind": "battery", "record": "battery_monitor"}
    sense = {**about, "rssi": -60, "age_s": 1, "cause": "", "values": {"battery_voltage_v": 13.11}}
    page = look(answer={**known, "devices": [sense, *known["devices"]]})
    first = page.locator(".tile").first
    expect(first).to_have_attribute("aria-label", re.compile("Sense, 13.11 V"))
    del sense["values"]
    sense |= {"age_s": 75, "cause": "device"}
    page.clock.fast_forward(3500)
    expect(first).to_have_attribute("aria-label", re.compile("no signal from the device"))
    assert label(page, ".ring").startswith("Shunt, 76 %")


def test_a_charge_below_a_limit_does_not_read_as_if_it_were_at_it(look, known):
    state = changed(known)
    battery = next(one for one in state["devices"] if one["kind"] == "battery")
    battery["values"]["soc_pct"] = 9.5
    alarm = {"mac": battery["mac"], "kind": "soc_critical", "severity": "critical"}
    state["alarms"] = [{**alarm, "state": "raised", "since": 30, "value": 9.5, "limit": 10.0}]
    page = look(answer=state)
    expect(page.locator(".alarms .what")).to_have_text("Very low charge: 9 %")
    assert label(page, ".ring").startswith("Shunt, 9 %, ")


def test_a_curve_is_as_wide_as_its_tile_from_the_first_answer_on(look, known):
    line = look(answer=known).locator(".tile .course").first
    points = (line.get_attribute("d") or "").split("L")
    assert [point.split()[0].lstrip("M") for point in (points[0], points[-1])] == ["0", "100"]


def test_ages_go_on_between_two_answers(look, known):
    page = look()
    page.locator(".tile").first.wait_for()
    page.route("**/api/state", lambda route: None)  # an answer that does not come
    before = page.locator(".live").text_content()
    page.clock.fast_forward(3500)
    assert page.locator(".live").text_content() != before


def test_before_there_is_anything_it_says_what_it_waits_for(look, known):
    nothing = {**known, "devices": [], "nodes": [], "alarms": []}
    expect(look(answer=nothing).locator(".notice")).to_have_text("Waiting for a sensor node")
    unset = {**nothing, "provisioned": False}
    expect(look(answer=unset).locator(".notice")).to_contain_text("Not set up yet")
    heard = {**nothing, "nodes": known["nodes"]}
    expect(look(answer=heard).locator(".notice")).to_have_text("No Victron device yet")


def test_a_hidden_page_asks_nothing(look, known):
    page = look()
    page.locator(".tile").first.wait_for()
    hide = "hidden => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });"
    hide += "document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    page.wait_for_timeout(300)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(300)
    assert asked == []
    with page.expect_request("**/api/state"):
        page.evaluate(hide, False)


def test_it_can_be_put_on_the_home_screen(look, boat: Boat, known):
    found = look().evaluate(
        """async () => {
          const manifest = await (await fetch(document.querySelector('link[rel=manifest]').href)).json();
          const sizes = async (src) => {
            const image = Object.assign(new Image(), { src });
            await image.decode();
            return `${image.naturalWidth}x${image.naturalHeight}`;
          };
          const icons = manifest.icons.map(async ({ src, sizes: said }) => [said, await sizes(src)]);
          const apple = await sizes(document.querySelector('link[rel=apple-touch-icon]').href);
          return { ...manifest, icons: await Promise.all(icons), apple };
        }"""
    )
    assert (found["display"], found["start_url"]) == ("standalone", "/")
    assert found["name"]
    assert found["icons"] == [["192x192", "192x192"]]  # a phone wants 192 at least
    assert found["apple"] == "192x192"


def test_a_language_of_another_kind_is_no_trouble(look, boat: Boat, known):
    page = look()
    page.add_init_script(
        "Object.defineProperty(navigator, 'language', { get: () => 'en-US@posix' })"
    )
    page.reload()
    expect(page.locator(".ring .large")).to_have_text("76")


def test_pressed_a_device_tells_everything(look, known):
    page = look()
    page.locator(".tile", has_text="Roof").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("yield today")
    expect(sheet).to_contain_text("1.23 kWh")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_with_less_motion_arrows_stand_still(look, known):
    page = look(reduced_motion="reduce")
    page.locator(".flowing .arrow").first.wait_for()
    assert page.locator(".dot").count() == 0


def alarming(known: dict[str, Any]) -> dict[str, Any]:
    state = changed(known)
    alarm = {"mac": state["devices"][0]["mac"], "state": "raised", "since": 30, "value": 9.5}
    state["alarms"] = [
        {**alarm, "kind": "soc_low", "severity": "warning"},
        {**alarm, "kind": "voltage_low", "severity": "critical", "state": "acknowledged"},
    ]
    return state


STATES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "fine": changed,
    "sheet": changed,
    "alarm": alarming,
    "stale": lambda known: changed(known, cause="radio", age_s=75),
    "no key": lambda known: changed(known, cause="key_missing", name=""),
    "no data": lambda known: {**known, "devices": [], "nodes": [], "alarms": []},
    "converter": lambda known: converter(known, device_state=3),
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("what", STATES)
def test_it_is_open_to_everybody(look, known, dark: bool, what: str):
    page = look(dark=dark, answer=STATES[what](known), width=800)
    page.locator(".tile, .notice:not([hidden])").first.wait_for()
    if what == "sheet":
        page.locator(".tile").first.click()
    assert obstacles(page, off=[]) == []
    assert obstacles_when_narrow(page, off=[]) == []


@pytest.mark.parametrize("language", ["de", "fr", "nl", "es", "it"])
def test_every_language_has_all_words(boat: Boat, known, language: str, call):
    with urllib.request.urlopen(f"{boat.url}/words/{language}", timeout=5) as answer:
        words = json.loads(gzip.decompress(answer.read()))
    assert words["texts"] == call("texts.js", "textsOf", language)
    assert len(words["row"]) == 14
    assert [words["row"][at].count("|") for at in (0, 1)] == [12, 8]


def test_a_node_that_is_switched_off_leaves_no_fresh_number(look, boat: Boat, known):
    page = look()
    page.locator(".tile").first.wait_for()
    boat.run(_power(boat, False))
    page.clock.fast_forward(11_000)
    expect(page.locator(".live")).to_contain_text(SILENT, timeout=20_000)
    assert "next try in" in (page.locator(".live").text_content() or "")
    assert not any(letter.isdigit() for letter in page.locator(".ring svg").text_content() or "")
    assert not any(
        letter.isdigit() for letter in page.locator(".tile .value").first.text_content() or ""
    )
    boat.run(_power(boat, True))
    boat.run(boat.world.until(lambda: boat.display.serves_page, 30))
    page.clock.fast_forward(31_000)  # the longest pause between two tries
    expect(page.locator(".live")).not_to_contain_text(SILENT, timeout=40_000)
    expect(page.locator(".ring .large")).to_have_text("76", timeout=20_000)


async def _power(boat: Boat, on: bool) -> None:
    if on:
        boat.display.give_power()
    else:
        boat.display.lose_power()
