"""What a release brings: manifests that fit the images, and a page that a browser can use."""

import json
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from flashing import esp_image, image, release
from flashing.chips import CHIPS, by_key
from flashing.micropython import Found
from flashing.program import PROJECT

from .stand_in.firmware import micropython

sys.path.append(str(PROJECT / "scripts"))
from toolchain import browser, web_tools

MEGABYTES = (4, 8)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    found = {
        chip: Found(esp_image.checked(micropython(chip, size=3000), chip), "made", "whole")
        for chip in CHIPS
    }
    release.build(folder, found, web_tools.folder(), MEGABYTES)
    return folder


@pytest.mark.parametrize("role", ["display", "sensor"])
@pytest.mark.parametrize("megabytes", MEGABYTES)
def test_a_manifest_leads_to_images_that_fit_board_and_role(site: Path, role: str, megabytes: int):
    manifest = json.loads((site / f"manifest-{role}-{megabytes}mb.json").read_text())
    assert {build["chipFamily"] for build in manifest["builds"]} == {chip.name for chip in CHIPS}
    for build in manifest["builds"]:
        chip = by_key(build["chipFamily"])
        (first, second) = build["parts"]
        firmware = (site / first["path"]).read_bytes()
        assert esp_image.checked(firmware, chip).vfs_offset == second["offset"]
        assert first["offset"] == chip.offset
        assert first["offset"] + len(firmware) <= second["offset"]
        content = (site / second["path"]).read_bytes()
        assert second["offset"] + len(content) == megabytes << 20
        blocks = image.block_count(megabytes << 20)
        assert content == image.build(role, blocks, chip).content


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_page_loads_and_leads_to_what_was_chosen(address: str):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launching())
        page = chromium.new_page()
        wrong: list[str] = []
        page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda one: wrong.append(one.url))
        page.on("response", lambda one: wrong.append(one.url) if one.status >= 400 else None)
        page.goto(address)
        page.wait_for_function("customElements.get('esp-web-install-button') !== undefined")
        page.wait_for_function("document.getElementById('version').textContent !== '–'")
        button = page.locator("esp-web-install-button")
        assert button.get_attribute("manifest") == "manifest-sensor-4mb.json"
        page.select_option("#role", "display")
        page.select_option("#size", "8mb")
        assert button.get_attribute("manifest") == "manifest-display-8mb.json"
        assert "scripts/flash display --provision-only" in page.inner_text("pre")
        page.set_viewport_size({"width": 360, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        hosts = page.evaluate(
            "performance.getEntriesByType('resource').map(one => new URL(one.name).host)"
        )
        chromium.close()
    assert wrong == []
    assert set(hosts) == {address.split("/")[2]}
