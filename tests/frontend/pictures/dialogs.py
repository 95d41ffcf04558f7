"""Pictures of the dialogs of a Victron device, its page, its repair, the options.

Clicks go by the English words on the screen.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from simulator.demo.__main__ import DOMAIN, Demo
from tests.frontend.house import House

WAIT_MS = 20_000
SETTLE_MS = 2500  # dialogs glide in, pictures fade in
SIZE = {"width": 1000, "height": 1100}
INTEGRATION = f"/config/integrations/integration/{DOMAIN}"
OPTIONS = {"screen": "Screen of the display node", "wifi": "Wi-Fi of the display node"}
WRONG_KEY = "5d" + "1234567890" * 3
NEW_KEY = bytes.fromhex("9c" + "1234567890" * 3)


class Tour:
    """One walk through the browser, from signing in to the repair of a changed key."""

    def __init__(self, page: Page, house: House, to: Path) -> None:
        """Take a page, a house whose devices are not added yet, and where pictures go."""
        self._page = page
        self._house = house
        self._demo = house.demo
        self._to = to
        page.set_default_timeout(WAIT_MS)

    def walk(self) -> None:
        """Go all the way."""
        self._sign_in()
        self._add_devices()
        self._look_at_device()
        self._look_at_options()
        self._repair_key()

    def _sign_in(self) -> None:
        home = self._demo.home
        self._page.goto(home.url)
        self._page.fill("input[name=username]", home.user)
        self._page.fill("input[name=password]", home.password)
        self._page.keyboard.press("Enter")
        self._page.wait_for_selector("ha-sidebar")

    def _add_devices(self) -> None:
        """Tick one that is heard, have a key refused, enter the right one; paste the others."""
        first, *others = self._demo.source.devices
        assert first.key is not None
        self._open(INTEGRATION)
        self._click("Add Victron devices")
        self._page.get_by_text("Leave VictronConnect").wait_for()  # the words come after the fields
        self._shoot("add-devices")
        self._click(first.address.hex(":").upper())
        self._submit()
        self._page.fill("input[type=password]", WRONG_KEY)
        self._submit()
        self._shoot("key-error")
        self._page.fill("input[type=password]", first.key.hex())
        self._page.locator("ha-selector-text input").last.fill(first.name)
        self._submit()
        for device in others:
            self._house.run(self._demo.add(device))

    def _look_at_device(self) -> None:
        self._open(INTEGRATION)
        self._click("SmartShunt 500A/50mV •")
        self._shoot("device-page")

    def _look_at_options(self) -> None:
        for name, option in OPTIONS.items():
            self._open(INTEGRATION)
            self._page.get_by_label("Configure").first.click()
            self._click(option)
            self._shoot(name)

    def _repair_key(self) -> None:
        """Change the device's key, as a new PIN does, and follow the message about it."""
        self._demo.source.devices[0].key = NEW_KEY
        self._open("/config/repairs")
        self._click("no longer fits")
        self._shoot("key-changed")
        self._submit()
        self._shoot("new-key")

    def _open(self, path: str) -> None:
        self._page.goto(self._demo.home.url + path)
        self._page.wait_for_timeout(SETTLE_MS)

    def _click(self, words: str) -> None:
        self._page.get_by_text(words).first.click()
        self._page.wait_for_timeout(SETTLE_MS)

    def _submit(self) -> None:
        self._page.get_by_role("button", name="Submit").click()
        self._page.wait_for_timeout(SETTLE_MS)

    def _shoot(self, name: str) -> None:
        path = self._to / f"{name}.png"
        self._page.screenshot(path=path)
        print(name, flush=True)


def take(chromium: Browser, hass: str, to: Path) -> None:
    """Take them all, in a Home Assistant that knows no device yet."""
    with TemporaryDirectory() as folder:
        house = House(Path(folder), hass, begin=Demo.connect)
        page = chromium.new_page(viewport=SIZE)  # type: ignore[arg-type]
        try:
            Tour(page, house, to).walk()
        finally:
            page.close()
            house.close()
