"""The card and the dashboard in a real Home Assistant, with the readings of the simulated trailer."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from .conftest import VERSION, Open, watch
from .house import House

MODULE = "/victron-espnow.js"
LIMIT_BYTES = 25 * 1024


def until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait for what takes its way through nodes, Home Assistant and the browser."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return result


@pytest.fixture(scope="module")
def page(visit: Open) -> Page:
    page = visit("/only-card")
    page.locator("victron-espnow-card .tile").first.wait_for(timeout=60_000)
    return page


def labels(page: Page) -> dict[str, str]:
    """Return what is said of each tile, by its name."""
    found = page.locator("victron-espnow-card .tile").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label'))"
    )
    return dict(label.split(", ", 1) for label in found)


def card_of(page: Page) -> Locator:
    return page.locator("victron-espnow-card").first


def test_with_an_empty_configuration_it_shows_what_home_assistant_knows(page: Page):
    def right() -> bool:
        return card_of(page).evaluate(
            """card => {
              const { hass, shadowRoot } = { hass: card._hass, shadowRoot: card.shadowRoot };
              const value = (name) => Number(hass.states[name].state);
              const ours = Object.values(hass.entities).filter(one => one.platform === 'victron_espnow');
              const word = (name) => hass.formatEntityState(hass.states[name]);
              const id = (key) => ours.find(one => one.translation_key === key).entity_id;
              const ring = shadowRoot.querySelector('.ring').getAttribute('aria-label');
              const solar = shadowRoot.querySelector('.node.solar').getAttribute('aria-label');
              return ring.includes(`${Math.floor(value(id('state_of_charge')))} %`)
                && ring.includes(`${value(id('battery_voltage')).toFixed(2)} V`)
                && solar.includes(`, ${value(id('solar_power'))} W, ${word(id('charge_state'))}`);
            }"""
        )

    until(right)
    assert set(labels(page)) == {"SmartShunt", "BlueSolar 75/15", "IP22 12/30"}
    boards = page.locator("victron-espnow-card .board")
    told = ["Trailer display\nconnected", "Trailer sensor\nhears 3"]
    until(lambda: boards.all_inner_texts() == told)  # it counts whom it heard within some time


def test_it_is_the_home_assistant_that_was_asked_for(house: House):
    (config,) = house.ask({"type": "get_config"})
    assert config["version"].startswith(f"{VERSION}.")


def test_it_is_loaded_once_and_from_a_path_that_names_the_version(page: Page):
    loaded = page.evaluate(
        """() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
          .filter(path => path.startsWith('/victron_espnow/'))"""
    )
    assert len(loaded) == len(set(loaded)) > 10
    version = {path.split("/")[2] for path in loaded}
    assert len(version) == 1
    assert version.pop().split("-")[0] == "0.1.0"
    counts = page.evaluate(
        """() => [window.customCards, window.customStrategies].map(list =>
          list.filter(({ type }) => type.startsWith('victron-espnow')).length)"""
    )
    assert counts == [1, 1]


def test_loaded_a_second_time_it_does_no_harm(page: Page):
    wrong: list[str] = []
    undo = watch(page, wrong)
    page.evaluate(
        """async module => {
          const { name } = performance.getEntriesByType('resource').find(({ name }) => name.endsWith(module));
          await import(name + '?again');
        }""",
        MODULE,
    )
    cards = "window.customCards.filter(({ type }) => type === 'victron-espnow-card').length"
    assert page.evaluate(cards) == 1
    undo()
    assert wrong == []


def test_over_the_wire_it_stays_below_its_limit(visit: Open, house: House):
    page = visit("/only-card")
    sizes: dict[str, int] = {}

    def note(response) -> None:
        path = response.url.removeprefix(house.url)
        if path.startswith("/victron_espnow/"):
            assert response.headers["content-encoding"] == "gzip"
            assert "max-age" in response.headers["cache-control"]
            sizes[path] = int(response.headers["content-length"])

    page.on("response", note)
    page.reload()
    page.locator("victron-espnow-card .tile").first.wait_for(timeout=60_000)
    on_a_page = sum(sizes.values())
    page.goto("/our-dashboard")
    page.locator("victron-espnow-card .tile").first.wait_for(timeout=60_000)
    print(f"gzip: {on_a_page} bytes for the card, {sum(sizes.values())} with the dashboard")
    assert 10_000 < on_a_page <= sum(sizes.values()) <= LIMIT_BYTES


def test_only_our_entities_suggest_the_card(page: Page):
    suggested = card_of(page).evaluate(
        """card => {
          const ours = window.customCards.find(({ type }) => type === 'victron-espnow-card');
          const suggest = ours.getEntitySuggestion;
          return Object.keys({ ...card._hass.states, 'light.nowhere': 1 }).filter(id => suggest(card._hass, id));
        }"""
    )
    ours = card_of(page).evaluate(
        """({ _hass: { entities } }) =>
          Object.keys(entities).filter(id => entities[id].platform === 'victron_espnow')"""
    )
    assert suggested
    assert set(suggested) <= set(ours)
    assert len(suggested) < len(ours) / 3


def test_the_picker_shows_it_as_it_is_and_a_grid_gives_it_room(page: Page):
    entry, options, sizes = card_of(page).evaluate(
        """async card => {
          const entry = window.customCards.find(({ type }) => type === 'victron-espnow-card');
          const empty = document.createElement('victron-espnow-card');
          return [entry, card.getGridOptions(), [empty.getCardSize(), card.getCardSize()]];
        }"""
    )
    assert entry["preview"] is True
    assert entry["description"]
    assert options["rows"] == "auto"
    assert options["min_columns"] <= options["columns"]
    assert sizes[1] == sizes[0] + 4  # three tiles in two rows


def test_a_press_opens_more_information(page: Page):
    page.get_by_role("button", name="BlueSolar 75/15").last.click()
    page.locator("ha-more-info-dialog").get_by_text("Solar power").first.wait_for(timeout=20_000)
    page.keyboard.press("Escape")


def test_the_recorder_gives_the_small_curves(page: Page):
    line = page.locator("victron-espnow-card .tile .course").nth(1)
    until(lambda: "L" in (line.get_attribute("d") or ""))


@pytest.fixture
def unplugged(house: House) -> Iterator[None]:
    display = house.demo.world.nodes[1]

    async def unplug() -> None:
        display.unplug()

    async def plug() -> None:
        display.plug()

    house.run(unplug())
    yield
    house.run(plug())


def test_an_unplugged_display_node_is_named_within_seconds(page: Page, unplugged: None):
    cause = "display node unplugged"
    until(lambda: all(cause in label for label in labels(page).values()))
    shown = page.locator("victron-espnow-card .tile .value").all_inner_texts()
    assert shown == ["–"] * 3
    assert cause in page.locator("victron-espnow-card .board").first.inner_text()


def test_after_it_is_plugged_in_again_there_are_values(page: Page):
    until(lambda: all("unplugged" not in label for label in labels(page).values()), 60)


def test_where_resources_are_kept_in_yaml_it_loads_all_the_same(visit: Open, house: House):
    """There the page itself imports the late module, in the moment in which the app begins."""
    (resources,) = house.ask({"type": "lovelace/resources"})
    (ours,) = [one for one in resources if one["url"].startswith("/victron_espnow/")]
    late = ours["url"].replace(MODULE, "/late.js")
    house.ask({"type": "lovelace/resources/delete", "resource_id": ours["id"]})
    try:
        page = visit("about:blank")

        def with_late(route) -> None:
            body = route.fetch().text()
            head, rest = body.split("<script", 1)
            script = f'<script type="module">import("{late}");</script>'
            route.fulfill(body=f"{head}{script}<script{rest}", content_type="text/html")

        page.route("**/only-card", with_late)
        page.goto("/only-card")
        page.locator("victron-espnow-card .tile").first.wait_for(timeout=60_000)
    finally:
        house.ask(
            {"type": "lovelace/resources/create", "res_type": "module", "url": ours["url"]},
        )
