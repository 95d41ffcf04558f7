"""The demo: everything on one page, and switches that do what stands on them."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from simulator.demo import dashboard
from tests.firmware import reader

from .access import obstacles, obstacles_when_narrow, wait_for_colours
from .conftest import Open
from .house import House

CARD = "victron-espnow-card"
PAGE, OLED, SWITCHES = range(3)  # the frames, from the top


@pytest.fixture(scope="module")
def furnished(house: House) -> Iterator[House]:
    house.run(house.demo.open_faces())
    house.run(house.demo.make_dashboard())
    screen = house.begin(house.demo.show_screen())
    yield house
    screen.cancel()


@pytest.fixture(scope="module")
def page(visit: Open, furnished: House) -> Page:
    page = visit(f"/{dashboard.URL_PATH}", width=1600)
    page.locator(f"{CARD} .tile").first.wait_for(timeout=60_000)
    return page


def frame(page: Page, number: int) -> FrameLocator:
    return page.frame_locator("iframe").nth(number)


@pytest.fixture
def switches(page: Page) -> Iterator[FrameLocator]:
    """The switches; those that are left on are turned off."""
    switches = frame(page, SWITCHES)
    switches.get_by_role("button").first.wait_for()
    yield switches
    while switches.locator("[aria-pressed=true]").count():
        switches.locator("[aria-pressed=true]").first.click()
        page.wait_for_timeout(300)


def says(switches: FrameLocator, words: str) -> None:
    expect(switches.get_by_role("status")).to_contain_text(words)


def state(switches: FrameLocator, words: str | re.Pattern[str]) -> None:
    """Expect words beside some switch."""
    expect(switches.locator(".state", has_text=words)).to_be_visible()


def test_it_opens_with_all_faces(page: Page):
    screen = frame(page, OLED).locator("img")
    expect(screen).to_be_visible()
    expect(screen).not_to_have_js_property("naturalWidth", 0)
    expect(frame(page, PAGE).locator(".tile")).to_have_count(3, timeout=20_000)
    ours = page.get_by_role("link", name="page that the node serves").get_attribute("href")
    assert ours
    assert ours.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "chosen", [("IP22 12/30", "BlueSolar 75/15"), ()], ids=["chosen", "not chosen"]
)
def test_all_faces_have_one_order(page: Page, furnished: House, chosen: tuple[str, ...]):
    furnished.put_in_order(*chosen)
    usual = ["SmartShunt", "BlueSolar 75/15", "IP22 12/30"]
    order = [*chosen, *(name for name in usual if name not in chosen)]
    expect(page.locator(f"{CARD} .tile .name")).to_have_text(order)
    expect(frame(page, PAGE).locator(".tile .name")).to_have_text(order, timeout=10_000)
    seen = on_the_screen(furnished, order)
    first = seen.index(order[0])
    assert seen[first : first + len(order)] == order


def on_the_screen(house: House, names: list[str]) -> list[str]:
    """Return whose pages stood on the OLED one after the other, for long enough that all were there in a row."""
    world = house.demo.world
    display = world.nodes[1]
    seen: list[str] = []

    def look() -> bool:
        said = reader.labels(display.oled.rows())
        for name in names:
            if any(one.startswith(name[:10]) for one in said) and seen[-1:] != [name]:
                seen.append(name)
        return len(seen) >= 2 * len(names)

    house.run(display.command("set", page_seconds=2))
    house.run(world.until(look, 60, 0.25))
    house.run(display.command("set", page_seconds=10))
    return seen


def test_an_alarm_rings_on_the_nodes_screen_and_on_its_page(
    page: Page, switches: FrameLocator, furnished: House
):
    world = furnished.demo.world
    state(switches, "silent")
    switches.get_by_role("button", name="Ring an alarm").click()
    says(switches, "The screen says ALARM")
    state(switches, "s left")
    furnished.run(
        world.until(lambda: "ALARM" in reader.labels(world.nodes[1].oled.rows()), 5, 0.25)
    )
    expect(frame(page, PAGE).locator(".alarms")).to_contain_text("Test alarm", timeout=8000)


def test_a_phone_silences_a_device(page: Page, switches: FrameLocator, furnished: House):
    phone = switches.get_by_role("button", name="Connect a phone")
    phone.click()
    expect(phone).to_have_attribute("aria-pressed", "true")
    silent = [device.name for device in furnished.demo.source.devices if device.silent]
    assert "SmartShunt" in silent
    says(switches, "In about a minute its tile says “no signal from the device”")
    state(switches, re.compile(r"silent for [1-9]\d* s"))  # which one is looked at, chance decides
    phone.click()
    says(switches, "SmartShunt was heard again after")
    expect(phone).to_have_attribute("aria-pressed", "false")


def test_frames_get_lost_and_come_back(switches: FrameLocator, furnished: House):
    conditions = furnished.demo.world.air.conditions
    loss = switches.get_by_role("button", name="Lose frames")
    loss.click()
    expect(loss).to_have_attribute("aria-pressed", "true")
    assert conditions.loss > 0.5
    says(switches, "Most tries to send a frame fail")
    expect(switches.locator(".state").first).to_have_text(
        re.compile(r"[1-9]\d* of \d+ tries lost; newest reading \d+ s old")
    )
    loss.click()
    expect(loss).to_have_attribute("aria-pressed", "false")
    says(switches, "No frame gets lost any more")
    assert conditions.loss == 0


def test_the_channel_moves_and_the_sensor_node_follows(
    page: Page, switches: FrameLocator, furnished: House
):
    sensor, display = furnished.demo.world.nodes
    before = display.radio.channel
    conditions = furnished.demo.world.air.conditions
    usual = conditions.loss
    conditions.set({"loss": 1.0})  # it finds nothing until the search was seen
    switches.get_by_role("button", name="Move the channel").click()

    def followed() -> bool:
        return before != display.radio.channel == sensor.radio.channel

    says(switches, "without telling the sensor node")
    state(switches, "searching")
    conditions.set({"loss": usual})
    furnished.run(furnished.demo.world.until(followed, 20))
    says(switches, "found it there: the next reading came after")
    state(switches, f"channel {display.radio.channel}")


def test_a_sensor_node_that_is_off_is_told_and_heard_again(
    page: Page, switches: FrameLocator, furnished: House
):
    plug = switches.get_by_role("button", name="Switch the sensor node off")
    plug.click()
    expect(plug).to_have_attribute("aria-pressed", "true")
    says(switches, "soon after all tiles say “sensor node out of reach”")
    assert furnished.demo.world.nodes[0].off
    faces = (frame(page, PAGE), page.locator(CARD))
    told = [face.locator(".tile", has_text="sensor node out of reach") for face in faces]
    for tiles in told:
        expect(tiles).to_have_count(3, timeout=90_000)
    plug.click()
    expect(plug).to_have_attribute("aria-pressed", "false")
    for tiles in told:
        expect(tiles).to_have_count(0, timeout=60_000)
    says(switches, "The sensor node runs: the first reading came after")


def test_an_unplugged_node_is_gone_everywhere_and_comes_back(page: Page, switches: FrameLocator):
    plug = switches.get_by_role("button", name="Unplug the display node")
    plug.click()
    says(switches, "“display node unplugged” at once")
    state(switches, "unplugged for")
    state(switches, "has no power")
    switches.get_by_role("button", name="Ring an alarm").click()
    says(switches, "did not work: the display node is unplugged")
    says(switches, "Still on: Unplug the display node.")
    expect(page.locator(CARD).get_by_text("unplugged").first).to_be_visible(timeout=40_000)
    expect(frame(page, PAGE).locator(".live")).to_contain_text("does not answer", timeout=30_000)
    plug.click()
    expect(frame(page, PAGE).locator(".live")).not_to_contain_text("answer", timeout=60_000)
    says(switches, "The display node runs: the first reading came after")


@pytest.fixture
def alone(visit: Open, furnished: House) -> Iterator[Page]:
    """The switches without a frame around them."""
    assert furnished.demo.controls
    page = visit(furnished.demo.controls.url)
    page.get_by_role("button").first.wait_for()
    yield page
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_switches_are_there_for_everybody(alone: Page, scheme: Literal["light", "dark"]):
    alone.emulate_media(color_scheme=scheme)
    for _ in range(3):
        alone.keyboard.press("Tab")
    phone = alone.get_by_role("button", name="Connect a phone")
    expect(phone).to_be_focused()
    alone.keyboard.press("Enter")
    expect(phone).to_have_attribute("aria-pressed", "true")
    expect(phone).to_have_accessible_description(re.compile("silent for"))
    wait_for_colours(alone)
    assert obstacles(alone) + obstacles_when_narrow(alone) == []
    expect(phone).to_be_focused()  # though the page was brought up to date meanwhile
    alone.keyboard.press("Enter")
    expect(phone).to_have_attribute("aria-pressed", "false")


CHANGES = """async (seconds) => {
  const seen = {};
  const watch = (name, element) => new MutationObserver(() => { seen[name] = (seen[name] ?? 0) + 1; })
    .observe(element, { childList: true, characterData: true, subtree: true });
  watch('status', document.querySelector('[role=status]'));
  watch('states', document.querySelector('ul'));
  await new Promise(done => setTimeout(done, 1000 * seconds));
  return seen;
}"""


def test_only_what_is_new_is_read_out(alone: Page):
    loss = alone.get_by_role("button", name="Lose frames")
    loss.click()
    expect(loss).to_have_attribute("aria-pressed", "true")
    seen = alone.evaluate(CHANGES, 3.5)
    loss.click()
    expect(loss).to_have_attribute("aria-pressed", "false")
    assert "status" not in seen  # the numbers stand outside
    assert seen["states"] >= 2


def test_the_switches_say_when_the_demo_has_ended(alone: Page):
    alone.route("**/state", lambda route: route.abort())
    expect(alone.get_by_role("status")).to_contain_text("has ended")
