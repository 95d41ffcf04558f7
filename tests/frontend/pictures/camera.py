"""What a picture is of, and how it is taken."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page

HOUR = 11  # by the clock on the pictures, whenever they are taken: the sun shines
MONTH, DAY = 6, 20  # of the sun's
PATIENCE_MS = 60_000
SETTLES_MS = 3000  # curves grow, colours fade
DESKTOP = {"width": 1280, "height": 900}
SMALL_DESKTOP = {"width": 800, "height": 620}  # as wide as the node's page gets
PHONE = {"width": 390, "height": 1180}  # high enough for the whole card
SMALL_PHONE = {"width": 390, "height": 420}
CARD = "victron-espnow-card"


@dataclass
class Picture:
    """A picture: its name, the page, and how it is looked at."""

    name: str
    path: str
    size: dict[str, int]
    dark: bool = False
    selector: str = ""  # nothing: what is in the window
    press: str = ""  # what is pressed before
    whole: bool = False  # the page as far as it goes down


@dataclass
class Place:
    """Where pages are: their server, what a signed-in browser keeps for it, and what stands on each of them."""

    url: str
    tokens: str = ""
    shows: str = "main"


class Camera:
    """Takes those of the pictures that are wanted."""

    def __init__(self, chromium: Browser, folder: Path, wanted: list[str]) -> None:
        self._chromium = chromium
        self._folder = folder
        self._wanted = wanted
        self.zone, self.now = _clock()

    def wants(self, pictures: list[Picture]) -> bool:
        """Tell whether any of them is to be taken."""
        return any(self._is_wanted(one) for one in pictures)

    def take(self, place: Place, pictures: list[Picture]) -> None:
        """Take pictures of what is now."""
        for one in filter(self._is_wanted, pictures):
            page = self.open(place, one.path, one.size, one.dark)
            page.wait_for_timeout(SETTLES_MS)
            if one.press:
                page.locator(one.press).first.click()
                page.wait_for_timeout(SETTLES_MS)
            target = self._folder / f"{one.name}.png"
            if one.selector:
                page.locator(one.selector).first.screenshot(path=target)
            else:
                page.screenshot(path=target, full_page=one.whole)
            page.context.close()
            print(one.name, flush=True)

    def open(self, place: Place, path: str, size: dict[str, int], dark: bool = False) -> Page:
        """Open a page and wait until it stands."""
        context = self._chromium.new_context(
            viewport=size,
            color_scheme="dark" if dark else "light",
            device_scale_factor=2 if size["width"] == PHONE["width"] else 1.5,
            base_url=place.url,
            timezone_id=self.zone,
            locale="en-GB",
        )
        if place.tokens:
            tokens = json.dumps(place.tokens)
            context.add_init_script(f"localStorage.setItem('hassTokens', {tokens})")
        page = context.new_page()
        page.goto(path)
        page.locator(place.shows).first.wait_for(timeout=PATIENCE_MS)
        return page

    def _is_wanted(self, picture: Picture) -> bool:
        return picture.name.startswith(tuple(self._wanted))


def _clock() -> tuple[str, datetime]:
    """Return the zone in which it is HOUR now, and the time on its clocks, without its zone, on a day in summer."""
    now = datetime.now(UTC)
    hours = (HOUR - now.hour + 11) % 24 - 11  # from -11 to 12, and all of them exist
    return f"Etc/GMT{-hours:+d}", (now + timedelta(hours=hours)).replace(
        month=MONTH, day=DAY, tzinfo=None
    )
