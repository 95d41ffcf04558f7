"""What the moving picture costs: the main thread's work beside the same picture with SVG's own animation."""

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from .conftest import HELPERS

DEVICES = {
    "Shunt": "battery",
    **{f"Roof {number}": "solar" for number in range(10)},
    **{f"Shore {number}": "charger" for number in range(9)},
}
SECONDS = 5  # in which each of the card's observers looks once whether it is in sight
LARGEST_SHARE = 1 / 3
TRIES = 3  # what else runs on the machine only ever adds: one run differs from the next by a half
FRAMES_A_SECOND = 60
SHOW = """async ([path, devices, withSvg]) => {
  const { house, later, show } = await import(path);
  const svg = (tag, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  };
  const card = show(house(devices));
  let hass = card._hass;
  if (withSvg) {
    // the same lines with as many dots, moved by the browser's own animation of SVG
    card._flow._move = function () {
      for (const link of this._links.values()) {
        if (link.moved || link._way.length < 2) continue;
        link.moved = true;
        const way = link._line.getAttribute('d');
        const length = link._line.getTotalLength();
        const count = Math.max(1, Math.min(3, Math.floor(length / 34)));
        for (let number = 0; number < count; number++) {
          const dot = svg('circle', { r: '3', fill: '#387dc5' });
          const seconds = length / 30;
          dot.append(svg('animateMotion', {
            path: way, dur: seconds + 's', begin: -(seconds * number) / count + 's', repeatCount: 'indefinite' }));
          link.element.append(dot);
        }
      }
    };
  }
  await new Promise(done => setTimeout(done, 500));
  // each device says something new once a second
  const names = Object.keys(devices);
  let turn = 0;
  card.speaking = setInterval(() => {
    const name = names[turn++ % names.length].toLowerCase().replaceAll(' ', '_');
    const key = name === 'shunt' || name.startsWith('shore') ? 'battery_power' : 'solar_power';
    card.hass = hass = later(hass, { [`sensor.${name}_${key}`]: String(100 + turn % 50) });
  }, 1000 / names.length);
  const dots = card.shadowRoot.querySelectorAll('.dot, circle').length;
  return { dots, links: card._flow._links.size };
}"""


def metric(session: CDPSession, name: str) -> float:
    """Return one of the numbers that Chromium keeps of a page."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == name)


@pytest.fixture
def measure(chromium: Browser, files: str):
    def run(with_svg: bool) -> tuple[float, float]:
        """Return the main thread's processor time and how often the page was laid out, a second."""
        page = chromium.new_page(viewport={"width": 1280, "height": 2600})
        page.goto(f"{files}/tests/frontend/blank.html")
        shape = page.evaluate(SHOW, [HELPERS, DEVICES, with_svg])
        assert shape["links"] == len(DEVICES)
        assert 2 * len(DEVICES) < shape["dots"] <= 3 * len(DEVICES)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.wait_for_timeout(500)
        names = ("TaskDuration", "LayoutCount")
        before = [metric(session, name) for name in names]
        page.wait_for_timeout(SECONDS * 1000)
        spent = [metric(session, name) - one for name, one in zip(names, before, strict=True)]
        page.close()
        return spent[0] / SECONDS, spent[1] / SECONDS

    return run


def share_of_svg(measure) -> float:
    svg, frames = measure(True)
    ours, drawings = measure(False)
    assert frames > drawings
    # A busy machine leaves frames out: what the dots cost in each that was drawn, sixty times a second.
    at_full_rate = ours + max(0.0, svg - ours) / frames * FRAMES_A_SECOND
    share = ours / at_full_rate
    print(
        f"main thread: {ours:.1%} with our dots; with animateMotion {svg:.1%} at {frames:.0f} frames"
        f" a second, {at_full_rate:.1%} at {FRAMES_A_SECOND}: {share:.2f} of it"
    )
    return share


def test_twenty_devices_cost_much_less_than_svg_animation(measure):
    for _ in range(TRIES):
        if share_of_svg(measure) <= LARGEST_SHARE:
            return
    raise AssertionError("the dots cost too much of what animateMotion does")


def test_while_dots_run_the_main_thread_sleeps(blank: Page):
    """Looking whether the card is in sight must not wake it with every frame."""
    blank.evaluate(
        """async ([path, devices]) => { const { house, show } = await import(path); show(house(devices)); }""",
        [HELPERS, {"Shunt": "battery", "Roof": "solar"}],
    )
    session = blank.context.new_cdp_session(blank)
    session.send("Performance.enable")
    blank.wait_for_timeout(1500)
    before = metric(session, "RecalcStyleCount")
    blank.wait_for_timeout(SECONDS * 1000)
    looked = metric(session, "RecalcStyleCount") - before
    session.detach()
    print(f"styles looked at in {SECONDS} s: {looked:.0f}")
    assert 1 <= looked <= 8  # the card's look and the drawing's, of two or three frames each


def test_twenty_devices_that_speak_each_second_are_drawn_once_a_second(blank: Page):
    blank.evaluate(SHOW, [HELPERS, DEVICES, False])
    card = blank.query_selector("victron-espnow-card")
    before = card.evaluate("card => card.drawn")
    blank.wait_for_timeout(SECONDS * 1000)
    drawn = card.evaluate("card => { clearInterval(card.speaking); return card.drawn }") - before
    assert SECONDS - 2 <= drawn <= SECONDS + 1
