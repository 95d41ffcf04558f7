"""Pictures of card, dashboard and the node's page: one trailer on a fine day, one on a dull day, one node alone."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simulator import World
from simulator.demo.__main__ import Demo
from simulator.provision import provision
from tests.frontend.beside import Beside
from tests.frontend.house import House

from .camera import CARD, DESKTOP, PHONE, SMALL_DESKTOP, SMALL_PHONE, Camera, Picture, Place
from .past import Past, charge_after, scenario

MAINS_SINCE, MAINS_UNTIL = timedelta(minutes=-12), timedelta(hours=2)
DAYS = 5
DULL_DAYS = 2
LOW = 0.185  # below the limit of the alarm, and not yet critical
ALARM, UNPLUGGED, OUT_OF_REACH = "Low state of charge", "display node unplugged", "out of reach"
TILE = ".tile"


def _both(name: str, path: str, light: Place, dark: Place, **how: Any) -> list[Picture]:
    """Return a picture in light and one in dark colours, each where its place is."""
    return [
        Picture(f"{name}-light", path, light, **how),
        Picture(f"{name}-dark", path, dark, dark=True, **how),
    ]


FINE = [
    *_both("card", "/the-card/0", DESKTOP, DESKTOP, selector=CARD),
    *_both("card-phone", "/the-card/0", PHONE, PHONE, selector=CARD),
    Picture("card-no-data", "/the-card/example", DESKTOP, selector=CARD),
    *_both("dashboard", "/victron-day/overview", DESKTOP, DESKTOP),
    Picture("dashboard-device", "/victron-day/1", DESKTOP),
    Picture("dashboard-nodes", "/victron-day/nodes", DESKTOP),
    Picture("dashboard-energy", "/victron-day/energy", DESKTOP),
    Picture("dashboard-phone", "/victron-day/overview", PHONE),
]
PAGE_FINE = [
    *_both("page", "/", SMALL_DESKTOP, SMALL_DESKTOP, whole=True),
    *_both("page-phone", "/", PHONE, PHONE, whole=True),
    Picture("page-details", "/", PHONE, press=TILE),
]
CARD_STALE = _both("card-stale", "/the-card/0", DESKTOP, PHONE, selector=CARD)
PAGE_STALE = _both("page-stale", "/", PHONE, PHONE, whole=True)
CARD_ALARM = _both("card-alarm", "/the-card/0", DESKTOP, PHONE, selector=CARD)
PAGE_ALARM = _both("page-alarm", "/", PHONE, PHONE, whole=True)
PAGE_NO_DATA = _both("page-no-data", "/", SMALL_PHONE, SMALL_PHONE)


def take(camera: Camera, hass: str) -> None:
    """Take all that are wanted."""
    if camera.wants(FINE + PAGE_FINE + CARD_STALE + PAGE_STALE):
        _fine(camera, hass)
    if camera.wants(CARD_ALARM + PAGE_ALARM):
        _low(camera, hass)
    if camera.wants(PAGE_NO_DATA):
        _alone(camera)


def _fine(camera: Camera, hass: str) -> None:
    with _trailer(camera, hass, DAYS, clouds=0.35, soc=0.9, **_mains(camera)) as (
        home,
        node,
        house,
    ):
        camera.take(home, FINE)
        camera.take(node, PAGE_FINE)
        sensor, display = house.demo.world.nodes
        if camera.wants(PAGE_STALE):
            house.run(_now(sensor.lose_power))
            watcher = camera.open(node, "/", PHONE)
            watcher.get_by_text(OUT_OF_REACH).first.wait_for(timeout=90_000)
            camera.take(node, PAGE_STALE)
            house.run(_now(sensor.give_power))
        if camera.wants(CARD_STALE):
            watcher = camera.open(home, "/the-card/0", DESKTOP)
            house.run(_now(display.unplug))
            watcher.locator(CARD).get_by_text(UNPLUGGED).first.wait_for(timeout=90_000)
            camera.take(home, CARD_STALE)


def _low(camera: Camera, hass: str) -> None:
    dull = {"clouds": 1.0}
    with TemporaryDirectory() as folder:
        start = camera.now - timedelta(days=DULL_DAYS)
        trial = 0.75
        left = charge_after(scenario(Path(folder), start, soc=trial, **dull), DULL_DAYS)
    with _trailer(camera, hass, DULL_DAYS, soc=trial - left + LOW, **dull) as (home, node, _):
        watcher = camera.open(home, "/the-card/0", DESKTOP)
        watcher.locator(CARD).get_by_text(ALARM).first.wait_for(timeout=90_000)
        camera.take(home, CARD_ALARM)
        camera.take(node, PAGE_ALARM)


def _alone(camera: Camera) -> None:
    """Take the page of a node that has not heard anybody yet."""
    beside = Beside()
    world = beside.run(_lonely_node())
    try:
        camera.take(Place(world.nodes[0].web_url), PAGE_NO_DATA)
    finally:
        beside.run(world.stop())
        beside.close()


async def _lonely_node() -> World:
    world = World(seed=4)
    display = await world.start_node("display")
    await provision(display, "display", name="Trailer display")
    await display.command("set", wifi_mode="ap")
    await world.until(lambda: display.serves_page, 20)
    return world


@contextmanager
def _trailer(camera: Camera, hass: str, days: int, **weather: Any):
    """Yield where Home Assistant and the node's page are, and the house: after some days of such weather."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        file = scenario(place, camera.now - timedelta(days=days), **weather)
        past = Past()
        config = place / "home"
        config.mkdir()

        async def begin(demo: Demo) -> None:
            demo.home.time_zone = camera.zone
            past.live(demo.scenario, days)
            await demo.start()

        house = House(config, hass, str(file), begin)
        try:
            ids = house.entities()
            past.write(config / "home-assistant_v2.db", ids)
            house.ask(*past.statistics(ids))
            _furnish(house)
            house.run(house.demo.open_faces())
            home = Place(house.url, house.tokens(), "hui-card")
            yield home, Place(house.demo.world.nodes[1].web_url, shows=TILE), house
        finally:
            house.close()


def _mains(camera: Camera) -> dict[str, str]:
    """Return since and until when the charger is plugged in, by the clock."""
    return {
        name: f"{camera.now + at:%H:%M}"
        for name, at in (("plugged", MAINS_SINCE), ("unplugged", MAINS_UNTIL))
    }


def _furnish(house: House) -> None:
    """Make the dashboards that are looked at."""
    nobody = {"devices": ["nobody"], "show": ["flow", "tiles"]}
    views = [_view("all"), _view("example", **nobody, demo=True)]
    house.make_dashboard("the-card", {"views": views})
    house.make_dashboard("victron-day", {"strategy": {"type": "custom:victron-espnow"}}, "Victron")


def _view(title: str, **config: object) -> dict:
    """Return a view that holds the card alone."""
    card = {"type": f"custom:{CARD}", "grid_options": {"columns": "full"}, **config}
    section = {"cards": [card], "column_span": 2}
    return {"title": title, "path": title, "type": "sections", "sections": [section]}


async def _now(act: Callable[[], object]) -> None:
    """Do something where the trailer lives."""
    act()
