"""The card's files are served, and Lovelace loads them once: in storage mode, in YAML mode, behind an update."""

import asyncio
import gzip
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.victron_espnow import frontend_files, lovelace
from custom_components.victron_espnow.const import DOMAIN

from .conftest import SetUp, make_entry
from .fake_node import PtyNode

FOREIGN = {"id": "foreign", "type": "module", "url": "/local/other.js?victron_espnow"}
OLDER = {"id": "older", "type": "module", "url": "/victron_espnow/0.0.1-00000000/victron-espnow.js"}
ALSO_OURS = {"id": "twice", "type": "module", "url": "/victron_espnow/0.0.2/victron-espnow.js"}


@pytest.fixture(autouse=True)
def _own_cache(hass: HomeAssistant, tmp_path: Path) -> None:
    hass.config.config_dir = str(tmp_path)


@pytest.fixture
def stored(hass_storage: dict[str, Any]) -> list[dict[str, Any]]:
    """What an earlier run left in Lovelace's resources."""
    items = [dict(FOREIGN)]
    hass_storage["lovelace_resources"] = {
        "version": 1,
        "minor_version": 1,
        "key": "lovelace_resources",
        "data": {"items": items},
    }
    return items


async def look(hass: HomeAssistant, **config: Any) -> None:
    """Set up what people look at Home Assistant with."""
    assert await async_setup_component(hass, "frontend", {"lovelace": config})


def ours(hass: HomeAssistant) -> list[str]:
    """Return the addresses of our resources; those of others have to be as they were."""
    items = hass.data[LOVELACE_DATA].resources.async_items()
    assert [item for item in items if item["id"] == FOREIGN["id"]] == [FOREIGN]
    return [item["url"] for item in items if item["id"] != FOREIGN["id"]]


async def url_now(hass: HomeAssistant) -> str:
    version = (await async_get_integration(hass, DOMAIN)).version
    url = hass.data[lovelace.SERVED].url
    assert url.startswith(f"/victron_espnow/{version}-")
    return f"{url}/victron-espnow.js"


@pytest.mark.usefixtures("stored")
async def test_the_card_becomes_a_resource(hass: HomeAssistant, set_up: SetUp) -> None:
    await look(hass)
    await set_up()
    assert ours(hass) == [await url_now(hass)]
    assert not hass.data[DATA_EXTRA_MODULE_URL].urls


async def test_an_update_takes_the_place_of_what_was_there(
    hass: HomeAssistant, stored: list[dict[str, Any]], set_up: SetUp
) -> None:
    stored += [dict(OLDER), dict(ALSO_OURS)]
    await look(hass)
    await set_up()
    assert ours(hass) == [await url_now(hass)]
    items = hass.data[LOVELACE_DATA].resources.async_items()
    assert {item["id"] for item in items} == {"foreign", "older"}


@pytest.mark.usefixtures("stored")
async def test_a_restart_changes_nothing(hass: HomeAssistant, set_up: SetUp) -> None:
    await look(hass)
    entry = await set_up()
    before = list(hass.data[LOVELACE_DATA].resources.async_items())
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.data[LOVELACE_DATA].resources.async_items() == before


@pytest.mark.usefixtures("stored")
async def test_several_entries_make_one_resource(
    hass: HomeAssistant, node: PtyNode, set_up: SetUp
) -> None:
    await look(hass)
    absent = make_entry("/dev/absent", unique_id="02:D0:00:00:00:99")
    absent.add_to_hass(hass)
    entry = await set_up()  # sets up both at the same time
    assert ours(hass) == [await url_now(hass)]
    await hass.config_entries.async_remove(absent.entry_id)
    assert len(ours(hass)) == 1
    await hass.config_entries.async_remove(entry.entry_id)
    assert ours(hass) == []


@pytest.mark.usefixtures("stored")
async def test_entries_that_come_at_the_same_moment_make_one_resource(hass: HomeAssistant) -> None:
    """Reading the resources takes its time, and who asks meanwhile reads them, too."""
    await look(hass)
    hass.data[lovelace.SERVED] = lovelace.Served("/victron_espnow/1.2.3")
    load = ResourceStorageCollection._async_load_data

    async def slow(self: ResourceStorageCollection) -> Any:
        await asyncio.sleep(0.05)
        return await load(self)

    with patch.object(ResourceStorageCollection, "_async_load_data", slow):
        await asyncio.gather(lovelace.async_register(hass), lovelace.async_register(hass))
    assert len(ours(hass)) == 1


@pytest.mark.usefixtures("stored")
async def test_added_again_it_is_there_again(hass: HomeAssistant, set_up: SetUp) -> None:
    await look(hass)
    entry = await set_up()
    await hass.config_entries.async_remove(entry.entry_id)
    assert ours(hass) == []
    await set_up()
    assert ours(hass) == [await url_now(hass)]


@pytest.mark.usefixtures("stored")
async def test_a_node_that_is_not_plugged_in_has_a_card_too(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    await look(hass)
    entry = await set_up(port="/dev/absent")
    assert ours(hass) == [await url_now(hass)]
    await hass.config_entries.async_remove(entry.entry_id)
    assert ours(hass) == []


async def test_what_a_disabled_entry_left_goes_with_it(
    hass: HomeAssistant, stored: list[dict[str, Any]]
) -> None:
    stored.append(dict(OLDER))
    await look(hass)
    entry = make_entry("/dev/absent")
    entry.add_to_hass(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    assert ours(hass) == []


async def test_in_yaml_mode_the_page_itself_loads_it(hass: HomeAssistant, set_up: SetUp) -> None:
    theirs = [{"url": FOREIGN["url"], "type": "module"}]
    await look(hass, resource_mode="yaml", resources=theirs)
    entry = await set_up()
    late = (await url_now(hass)).replace("victron-espnow.js", "late.js")
    assert hass.data[DATA_EXTRA_MODULE_URL].urls == {late}
    assert len(hass.data[LOVELACE_DATA].resources.async_items()) == 1
    await hass.config_entries.async_reload(entry.entry_id)
    assert hass.data[DATA_EXTRA_MODULE_URL].urls == {late}
    await hass.config_entries.async_remove(entry.entry_id)
    assert not hass.data[DATA_EXTRA_MODULE_URL].urls


async def test_without_pages_there_is_nothing_to_load_it(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "lovelace", {"lovelace": {"resource_mode": "yaml"}})
    await set_up()
    assert hass.data[lovelace.SERVED].extra is None


async def test_where_nobody_looks_nothing_is_registered(hass: HomeAssistant, set_up: SetUp) -> None:
    entry = await set_up()
    assert "lovelace" not in hass.config.components
    await hass.config_entries.async_remove(entry.entry_id)


# The files


async def test_every_file_is_served_packed_and_plain(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, set_up: SetUp, socket_enabled: None
) -> None:
    await set_up()
    client = await hass_client()
    root = hass.data[lovelace.SERVED].url
    for path in frontend_files.SOURCES.glob("*.js"):
        expected = frontend_files.lean(path.read_text())
        for accepted in ("gzip", "identity"):
            response = await client.get(
                f"{root}/{path.name}", headers={"Accept-Encoding": accepted}
            )
            assert response.status == 200
            assert response.headers.get("Content-Encoding", "identity") == accepted
            assert response.content_type == "text/javascript"
            assert await response.text() == expected


def test_packed_files_hold_what_the_plain_ones_do(tmp_path: Path) -> None:
    _, folder = frontend_files.prepare(tmp_path / "cache", "1.2.3")
    names = {path.name for path in frontend_files.SOURCES.glob("*.js")}
    assert {path.name for path in folder.glob("*.js")} == names
    assert {path.name for path in folder.glob("*.gz")} == {f"{name}.gz" for name in names}
    for name in names:
        plain = (folder / name).read_bytes()
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()) == plain
        assert b"/**" not in plain
        assert b" // " not in plain


def test_another_content_or_version_has_another_name(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "one.js").write_text("export const one = 1;\n")
    cache = tmp_path / "cache"
    with patch.object(frontend_files, "SOURCES", sources):
        first, folder = frontend_files.prepare(cache, "1.0.0")
        assert frontend_files.prepare(cache, "1.0.0") == (first, folder)
        (sources / "one.js").write_text("export const one = 2;\n")
        second, changed = frontend_files.prepare(cache, "1.0.0")
        third, _ = frontend_files.prepare(cache, "1.0.1")
    assert len({first, second, third}) == 3
    assert second.startswith("1.0.0-")
    assert third.startswith("1.0.1-")
    assert not folder.exists()
    assert not changed.exists()  # only the newest is kept
    assert [path.name for path in cache.iterdir()] == [third]


def test_a_write_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (cache / "draft").mkdir(parents=True)
    (cache / "draft" / "half.js").write_text("expor")
    _, folder = frontend_files.prepare(cache, "1.0.0")
    assert not (folder / "half.js").exists()
    assert not (cache / "draft").exists()


def test_where_nothing_can_be_written_the_sources_are_served(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    name, folder = frontend_files.prepare(tmp_path / "cache", "1.0.0")
    assert folder == frontend_files.SOURCES
    assert name.startswith("1.0.0-")


@pytest.mark.parametrize(
    ("source", "lean"),
    [
        ("/**\n * Says\n * much.\n */\nlet a;\n", "let a;\n"),
        ("  /** @type {number} */\n  let a;\n", "let a;\n"),
        ("f(/** @type {any} */ (a));\n", "f((a));\n"),
        ("const a = 1; // why\nconst b = 2;\n", "const a = 1;\nconst b = 2;\n"),
        ("/** @type {A} */ (a).b();\nc();\n/** Says. */\nd();\n", "(a).b();\nc();\nd();\n"),
        ('const a = "https://x/y";\n', 'const a = "https://x/y";\n'),
        ("a();\n\n  b();\n", "a();\nb();\n"),
    ],
)
def test_comments_and_indentation_are_left_out(source: str, lean: str) -> None:
    assert frontend_files.lean(source) == lean
