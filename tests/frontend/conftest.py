"""Chromium, a blank page for the modules alone, and one real Home Assistant with the simulated trailer."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    sync_playwright,
)

PROJECT = Path(__file__).parents[2]
sys.path.append(str(PROJECT / "scripts"))
from toolchain import browser, ensure  # noqa: E402
from toolchain.environments import HOME_ASSISTANT  # noqa: E402

from .boat import Boat  # noqa: E402
from .house import House  # noqa: E402

MODULES = "/custom_components/victron_espnow/frontend/"
HELPERS = "/tests/frontend/fake_hass.js"

SLOW_TO_START = ("house", "boat")
VERSION = os.environ.get("HOME_ASSISTANT", HOME_ASSISTANT[0])  # scripts/test --home-assistant
ALONE = "test_work.py"  # which measures

type Call = Callable[..., Any]
type Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs neither house nor boat while they start, and what measures when nothing else is to be done."""
    items.sort(key=lambda one: (one.path.name == ALONE, bool(_wanted(one))))


def _wanted(item: pytest.Item) -> list[str]:
    return [name for name in SLOW_TO_START if name in getattr(item, "fixturenames", ())]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(**browser.launching())
        yield one
        one.close()


class Quiet(SimpleHTTPRequestHandler):
    """Serves the project's own files."""

    extensions_map = {".js": "text/javascript", ".html": "text/html"}

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def files() -> Iterator[str]:
    """The address under which the sources themselves are served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(PROJECT)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def watch(page: Page, wrong: list[str]) -> Callable[[], None]:
    """Note what goes wrong in a page, until the returned function is called."""

    def on_error(error: Error) -> None:
        wrong.append(str(error))

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(message.text)

    page.on("pageerror", on_error)
    page.on("console", on_console)

    def undo() -> None:
        page.remove_listener("pageerror", on_error)
        page.remove_listener("console", on_console)

    return undo


@pytest.fixture(scope="session")
def one_page(chromium: Browser, files: str) -> Page:
    """A page for all: opening one costs more than most tests."""
    page = chromium.new_page()
    page.goto(f"{files}/tests/frontend/blank.html")
    return page


@pytest.fixture
def blank(one_page: Page) -> Iterator[Page]:
    """An empty page that can import every module; whatever goes wrong in it fails the test."""
    one_page.set_viewport_size({"width": 900, "height": 900})
    wrong: list[str] = []
    undo = watch(one_page, wrong)
    yield one_page
    one_page.evaluate("() => { document.body.replaceChildren(); document.dir = ''; }")
    one_page.emulate_media(reduced_motion="no-preference")
    undo()
    assert wrong == []


@pytest.fixture
def call(blank: Page) -> Call:
    """Call a function of a module in the browser."""

    def run(module: str, name: str, *arguments: Any) -> Any:
        source = "async ([path, name, words]) => (await import(path))[name](...words)"
        return blank.evaluate(source, [MODULES + module, name, list(arguments)])

    return run


@pytest.fixture(scope="session", autouse=True)
def starting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future]]:
    """House and boat, as far as a test wants them: they start beside the first tests."""
    wanted = {name for item in request.session.items for name in _wanted(item)}
    folder = tmp_path_factory.mktemp("house")
    makers = {"house": lambda: furnished(folder), "boat": Boat}
    with ThreadPoolExecutor() as starters:
        started = {name: starters.submit(makers[name]) for name in wanted}
        yield started
    for one in started.values():
        if one.exception() is None:
            one.result().close()


def furnished(folder: Path) -> House:
    """Return a house with our card and our dashboard."""
    one = House(folder, ensure(VERSION).hass)
    one.make_dashboard("only-card", only_card(hours=0.02))
    one.make_dashboard("our-dashboard", {"strategy": {"type": "custom:victron-espnow"}})
    return one


@pytest.fixture(scope="session")
def house(starting: dict[str, Future]) -> House:
    return starting["house"].result()


@pytest.fixture(scope="session")
def boat(starting: dict[str, Future]) -> Boat:
    return starting["boat"].result()


def only_card(**config: Any) -> dict[str, Any]:
    """Return a dashboard that holds the card and nothing else."""
    card = {"type": "custom:victron-espnow-card", "grid_options": {"columns": "full"}, **config}
    return {"views": [{"type": "sections", "sections": [{"cards": [card], "column_span": 2}]}]}


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, house: House) -> Iterator[BrowserContext]:
    """One for all pages: Home Assistant's own files are fetched once."""
    context = chromium.new_context(base_url=house.url)
    context.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(house.tokens())})")
    yield context
    context.close()


@pytest.fixture(scope="module")
def visit(signed_in: BrowserContext) -> Iterator[Open]:
    """Open a page of Home Assistant, signed in, on a desktop or a phone, by day or night."""
    pages = []

    def run(path: str, dark: bool = False, width: int = 1280) -> Page:
        page = signed_in.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(path)
        return page

    yield run
    for page in pages:
        page.close()
