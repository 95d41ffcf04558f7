"""The dashboard in a real Home Assistant: every page opens, and nobody is kept out of any."""

import pytest
from playwright.sync_api import Page

from toolchain import npm_packages

from .conftest import Open

PAGES = ("overview", "1", "2", "3", "nodes", "energy")
IN_ALL = """selector => {
  const found = [];
  const look = (root) => root.querySelectorAll('*').forEach(one => {
    if (one.matches(selector)) found.push(one);
    if (one.shadowRoot) look(one.shadowRoot);
  });
  look(document);
  return found.length;
}"""
# Rules about a page as a whole, which is Home Assistant's: landmarks, the one heading, its title.
OF_THE_PAGE = ["region", "page-has-heading-one", "landmark-one-main", "bypass"]


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
def axe() -> str:
    return npm_packages.axe().read_text(encoding="utf-8")


def obstacles(page: Page, axe: str, selector: str) -> list[str]:
    """Return what axe-core finds fault with inside the elements that the selector names."""
    page.evaluate(axe)
    found = page.evaluate(
        """async ([selector, off]) => {
          const rules = Object.fromEntries(off.map(id => [id, { enabled: false }]));
          const roots = [];
          const look = (root) => root.querySelectorAll('*').forEach(one => {
            if (one.matches(selector)) roots.push(one);
            else if (one.shadowRoot) look(one.shadowRoot);
          });
          look(document);
          if (!roots.length) return [{ id: 'nothing to look at', nodes: [] }];
          const { violations } = await axe.run({ include: roots }, { rules });
          return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, any, all, none }) =>
            html.slice(0, 200) + ' ' + [...any, ...all, ...none].map(({ message }) => message).join('; ')) }));
        }""",
        [selector, OF_THE_PAGE],
    )
    return [f"{one['id']}: {node}" for one in found for node in one["nodes"] or [""]]


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


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_whole_and_open_to_everybody(page: Page, axe: str, path: str):
    page.emulate_media(color_scheme="light")
    go(page, path)
    assert page.evaluate(IN_ALL, "hui-error-card, hui-warning") == 0
    assert page.evaluate(IN_ALL, "hui-card") > 1
    if path == "nodes":
        table = page.locator("ha-markdown table")
        table.wait_for()
        assert "SmartShunt" in table.inner_text()
    assert obstacles(page, axe, "victron-espnow-card, hui-section") == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1000)  # colours fade
    assert obstacles(page, axe, "victron-espnow-card, hui-section") == []


def test_on_a_phone_too(page: Page, axe: str):
    page.set_viewport_size({"width": 390, "height": 800})
    go(page, "overview")
    assert obstacles(page, axe, "victron-espnow-card") == []


def test_it_stands_among_the_community_dashboards(page: Page):
    entry = page.evaluate("window.customStrategies.find(({ type }) => type === 'victron-espnow')")
    assert entry["strategyType"] == "dashboard"
    assert entry["name"] == "Victron ESP-NOW"
    assert entry["description"]
