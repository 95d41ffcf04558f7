"""The dashboard in a real Home Assistant: every page opens, and nobody is kept out of any."""

import pytest
from playwright.sync_api import Page, expect

from .access import obstacles, obstacles_when_narrow, wait_for_colours
from .conftest import Open
from .house import House

PAGES = ("overview", "1", "2", "3", "nodes", "energy")
OURS = "victron-espnow-card, hui-section"
IN_ALL = """selector => {
  const found = [];
  const look = (root) => root.querySelectorAll('*').forEach(one => {
    if (one.matches(selector)) found.push(one);
    if (one.shadowRoot) look(one.shadowRoot);
  });
  look(document);
  return found.length;
}"""


def go(page: Page, path: str) -> None:
    """Go to a page of the dashboard as a click does, and wait until it stands."""
    page.evaluate(
        """path => { history.pushState(null, '', path);
          window.dispatchEvent(new CustomEvent('location-changed', { detail: { replace: false } })); }""",
        f"/our-dashboard/{path}",
    )
    page.locator("hui-card").first.wait_for(timeout=60_000)
    page.wait_for_function(STANDS, timeout=60_000)


STANDS = """async () => {
  const shape = () => {
    let count = 0;
    const look = (root) => root.querySelectorAll('*').forEach(one => {
      count += 1;
      if (one.shadowRoot) look(one.shadowRoot);
    });
    look(document);
    return count;
  };
  const before = shape();
  await new Promise(done => setTimeout(done, 400));
  return shape() === before;
}"""


@pytest.fixture(scope="module")
def page(visit: Open) -> Page:
    page = visit("/our-dashboard")
    page.locator("victron-espnow-card .tile").first.wait_for(timeout=60_000)
    return page


def test_it_has_a_page_for_everything_and_nothing_was_configured(page: Page):
    found = page.evaluate(
        """async () => {
          const { hass } = document.querySelector('home-assistant');
          const strategy = customElements.get('ll-strategy-dashboard-victron-espnow');
          return (await strategy.generate({}, hass)).views.map(({ title }) => title);
        }"""
    )
    devices = ["SmartShunt", "BlueSolar 75/15", "IP22 12/30"]
    assert found == ["Overview", *devices, "Nodes", "Energy"]


TITLES = """wanted => {
  let titles = [];
  const look = (root) => root.querySelectorAll('*').forEach(one => {
    if (one.localName === 'hui-root') titles = one.lovelace.config.views.map(({ title }) => title);
    if (one.shadowRoot) look(one.shadowRoot);
  });
  look(document);
  return titles.join() === wanted.join();
}"""


def wait_for_pages(page: Page, *devices: str) -> None:
    """Wait until the dashboard has a page for each of these, in this order."""
    page.wait_for_function(TITLES, arg=["Overview", *devices, "Nodes", "Energy"], timeout=15_000)


# The last entity that comes by itself: its value is not in every reading.
KNOWN = "id => id in document.querySelector('home-assistant').hass.entities"
REGENERATED_MS = 3000  # so long after it the pages are made anew, at the latest
USUAL = ("SmartShunt", "BlueSolar 75/15", "IP22 12/30")


def test_its_pages_follow_another_order_while_it_is_open(page: Page, house: House):
    """No device and no entity is another then; so none may be while this is tried."""
    page.wait_for_function(KNOWN, arg="sensor.smartshunt_starter_battery_voltage", timeout=60_000)
    page.wait_for_timeout(REGENERATED_MS)
    wait_for_pages(page, *USUAL)
    house.put_in_order("IP22 12/30", "BlueSolar 75/15")
    try:
        wait_for_pages(page, "IP22 12/30", "BlueSolar 75/15", "SmartShunt")
        first = page.locator("victron-espnow-card .tile .name").first
        expect(first).to_have_text("IP22 12/30")
    finally:
        house.put_in_order()
    wait_for_pages(page, *USUAL)


def test_its_pages_follow_another_name_while_it_is_open(page: Page, house: House):
    house.rename("IP22 12/30", "Shore")
    try:
        wait_for_pages(page, "SmartShunt", "BlueSolar 75/15", "Shore")
    finally:
        house.rename("IP22 12/30", None)
    wait_for_pages(page, *USUAL)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_whole_and_open_to_everybody(page: Page, path: str):
    page.emulate_media(color_scheme="light")
    go(page, path)
    assert page.evaluate(IN_ALL, "hui-error-card, hui-warning") == 0
    assert page.evaluate(IN_ALL, "hui-card") > 1
    if path == "nodes":
        table = page.locator("ha-markdown table")
        table.wait_for()
        assert "SmartShunt" in table.inner_text()
    assert obstacles(page, OURS) == []
    page.emulate_media(color_scheme="dark")
    wait_for_colours(page)
    assert obstacles(page, OURS) == []


@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone_too(page: Page, path: str):
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, path)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wait_for_colours(page)
        assert obstacles_when_narrow(page, OURS) == [], scheme
    page.set_viewport_size({"width": 1280, "height": 900})


def test_it_stands_among_the_community_dashboards(page: Page):
    entry = page.evaluate("window.customStrategies.find(({ type }) => type === 'victron-espnow')")
    assert entry["strategyType"] == "dashboard"
    assert entry["name"] == "Victron ESP-NOW"
    assert entry["description"]
