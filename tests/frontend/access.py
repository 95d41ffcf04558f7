"""What axe-core says of a page, or of parts of it."""

from playwright.sync_api import Page, TimeoutError

from toolchain import npm_packages

NARROW = (320, 390)  # the smallest phone, and a usual one
HEIGHT = 844
# Rules about a page as a whole, which is Home Assistant's: landmarks, the one heading, its title.
OF_THE_PAGE = ["region", "page-has-heading-one", "landmark-one-main", "bypass"]
# Parts may be in shadow roots; each is looked at as it is.
LOOK = """async ([selector, off]) => {
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
}"""
# Colours fade, and how long that takes depends on how busy the machine is.
STAY = """async () => {
  const colours = () => {
    const found = [];
    const look = (root) => root.querySelectorAll('*').forEach(one => {
      const { color, backgroundColor } = getComputedStyle(one);
      found.push(color, backgroundColor);
      if (one.shadowRoot) look(one.shadowRoot);
    });
    look(document);
    return found.join();
  };
  let before = '';
  for (let same = 0; same < 3; ) {
    await new Promise(done => setTimeout(done, 150));
    const now = colours();
    same = now === before ? same + 1 : 0;
    before = now;
  }
}"""


WIDTH = "document.documentElement.scrollWidth"
FITS = f"{WIDTH} <= innerWidth"


def wait_for_colours(page: Page) -> None:
    """Wait until no colour changes any more."""
    page.evaluate(STAY)


def obstacles(page: Page, selector: str = "html", off: list[str] | None = None) -> list[str]:
    """Return what stands in the way of somebody, inside the elements that the selector names."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(npm_packages.axe().read_text(encoding="utf-8"))
    found = page.evaluate(LOOK, [selector, OF_THE_PAGE if off is None else off])
    return [f"{one['id']}: {node}" for one in found for node in one["nodes"] or [""]]


def obstacles_when_narrow(
    page: Page, selector: str = "html", off: list[str] | None = None
) -> list[str]:
    """Return the same on phones of two widths, and what is cut off there."""
    found = []
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.wait_for_timeout(100)  # sizes are followed with the next frame
        found += [f"at {width}: {one}" for one in obstacles(page, selector, off)]
        try:  # charts follow the width some time later
            page.wait_for_function(FITS, timeout=10_000)
        except TimeoutError:
            found.append(f"at {width}: {page.evaluate(WIDTH)} wide")
    return found
