"""The dashboard in a real Home Assistant: every page opens, and nobody is kept out of any."""


import pytest
from playwright.sync_api import Page

from .conftest import Open
from .house import House

from toolchain import npm_packages  # noqa: E402

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


def settled(page: Page) -> None:
    """Wait until the page stands and what moves in has arrived."""
    page.locator("hui-card").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1500)


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


def test_it_has_a_page_for_everything_and_nothing_was_configured(visit: Open, house: House):
    page = visit("/our-dashboard")
    settled(page)
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
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_opens_whole_and_open_to_everybody(visit: Open, axe: str, path: str, dark: bool):
    page = visit(f"/our-dashboard/{path}", dark=dark)
    settled(page)
    assert page.evaluate(IN_ALL, "hui-error-card, hui-warning, .error") == 0
    assert page.evaluate(IN_ALL, "hui-card") > 1
    if path == "nodes":
        table = page.locator("ha-markdown table")
        table.wait_for()
        assert "SmartShunt" in table.inner_text()
    assert obstacles(page, axe, "victron-espnow-card, hui-section") == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_card_is_open_to_everybody(visit: Open, axe: str, width: int, dark: bool):
    page = visit("/only-card", dark=dark, width=width)
    page.locator("victron-espnow-card .tile").first.wait_for(timeout=60_000)
    page.wait_for_timeout(500)
    assert obstacles(page, axe, "victron-espnow-card") == []


def test_it_stands_among_the_community_dashboards(visit: Open):
    page = visit("/only-card")
    page.locator("victron-espnow-card .tile").first.wait_for(timeout=60_000)
    entry = page.evaluate("window.customStrategies.find(({ type }) => type === 'victron-espnow')")
    assert entry["strategyType"] == "dashboard"
    assert entry["name"] == "Victron ESP-NOW"
    assert entry["description"]
