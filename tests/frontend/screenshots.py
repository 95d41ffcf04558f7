"""Pictures of card and dashboard; `scripts/make_card_screenshots.py` runs this."""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PROJECT = Path(__file__).parents[2]
sys.path.append(str(PROJECT / "scripts"))
from toolchain import browser, ensure  # noqa: E402

from .house import House  # noqa: E402

IMAGES = PROJECT / "docs" / "images"
HOURS = 0.03  # the day runs sixty times faster than the recorder's clock
GROWS_MS = 90_000
CARD = "victron-espnow-card"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 1180}  # high enough for the whole card


@dataclass
class Picture:
    """A picture: its name, the page, and how it is looked at."""

    name: str
    path: str
    size: dict[str, int]
    dark: bool = False
    selector: str = ""  # nothing: what is in the window


BY_DAY = [
    Picture("card-light", "/the-pictures/0", DESKTOP, selector=CARD),
    Picture("card-dark", "/the-pictures/0", DESKTOP, dark=True, selector=CARD),
    Picture("card-phone-light", "/the-pictures/0", PHONE, selector=CARD),
    Picture("card-phone-dark", "/the-pictures/0", PHONE, dark=True, selector=CARD),
    Picture("card-no-data", "/the-pictures/nothing", DESKTOP, selector=CARD),
    Picture("card-example", "/the-pictures/example", DESKTOP, selector=CARD),
    Picture("dashboard-light", "/victron-day/overview", DESKTOP),
    Picture("dashboard-dark", "/victron-day/overview", DESKTOP, dark=True),
    Picture("dashboard-device", "/victron-day/1", DESKTOP),
    Picture("dashboard-nodes", "/victron-day/nodes", DESKTOP),
    Picture("dashboard-phone", "/victron-day/overview", PHONE),
]
ALARM = [
    Picture("card-alarm-light", "/the-pictures/0", DESKTOP, selector=CARD),
    Picture("card-alarm-dark", "/the-pictures/0", PHONE, dark=True, selector=CARD),
]
STALE = [
    Picture("card-stale-light", "/the-pictures/0", DESKTOP, selector=CARD),
    Picture("card-stale-dark", "/the-pictures/0", PHONE, dark=True, selector=CARD),
]


def view(title: str, **config: object) -> dict:
    """Return a view that holds the card alone."""
    card = {"type": f"custom:{CARD}", "grid_options": {"columns": "full"}, **config}
    return {
        "title": title,
        "path": title,
        "type": "sections",
        "sections": [{"cards": [card], "column_span": 2}],
    }


def furnish(house: House) -> None:
    """Make the dashboards that are looked at."""
    nobody = {"devices": ["nobody"], "show": ["flow", "tiles"]}
    views = [view("all", hours=HOURS), view("nothing", **nobody)]
    views.append(view("example", **nobody, demo=True))
    house.make_dashboard("the-pictures", {"views": views})
    house.make_dashboard("victron-day", {"strategy": {"type": "custom:victron-espnow"}})


def take(chromium: Browser, house: House, pictures: list[Picture]) -> None:
    """Take pictures of what is now."""
    for one in pictures:
        context = chromium.new_context(
            viewport=one.size,
            color_scheme="dark" if one.dark else "light",
            device_scale_factor=2 if one.size is PHONE else 1.5,
            base_url=house.url,
        )
        context.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(house.tokens())})")
        page = context.new_page()
        page.goto(one.path)
        page.locator("hui-card").first.wait_for(timeout=60_000)
        page.wait_for_timeout(3000)
        target: Page = page.locator(one.selector).first if one.selector else page
        target.screenshot(path=IMAGES / f"{one.name}.png")
        context.close()
        print(one.name, flush=True)


def wait(page: Page, card_says: str) -> None:
    """Wait until a card says something."""
    page.locator(CARD).get_by_text(card_says).first.wait_for(timeout=90_000)


def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    libraries = browser.libraries()
    environment = {**os.environ, **({"LD_LIBRARY_PATH": libraries} if libraries else {})}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        house = House(Path(folder), ensure().hass, "day")
        chromium = playwright.chromium.launch(
            executable_path=browser.program(), args=["--no-sandbox"], env=environment
        )
        try:
            furnish(house)
            watcher = chromium.new_page()
            watcher.wait_for_timeout(GROWS_MS)
            take(chromium, house, BY_DAY)
            happens: list[tuple[Callable[[], None], str, list[Picture]]] = [
                (lambda: raise_alarm(house), "Low state of charge", ALARM),
                (lambda: house.run(unplug(house)), "display node unplugged", STALE),
            ]
            context = chromium.new_context(base_url=house.url)
            context.add_init_script(
                f"localStorage.setItem('hassTokens', {json.dumps(house.tokens())})"
            )
            page = context.new_page()
            page.goto("/the-pictures/0")
            for happen, says, pictures in happens:
                happen()
                wait(page, says)
                take(chromium, house, pictures)
        finally:
            chromium.close()
            house.close()


def raise_alarm(house: House) -> None:
    """Ask for an alarm below a state of charge that no battery is above."""
    entity = house.entities()["BMV-712/soc_low"]
    house.ask(
        {
            "type": "call_service",
            "domain": "number",
            "service": "set_value",
            "service_data": {"entity_id": entity, "value": 100},
        }
    )


async def unplug(house: House) -> None:
    """Pull the display node's cable."""
    house.demo.world.nodes[1].unplug()


if __name__ == "__main__":
    main()
