"""The card and the dashboard: their files are served, and Lovelace is told to load them."""

from dataclasses import dataclass
from pathlib import Path

from homeassistant.components.frontend import DOMAIN as FRONTEND
from homeassistant.components.frontend import add_extra_js_url, remove_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import LOVELACE_DATA, MODE_STORAGE
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .frontend_files import prepare

ROOT = f"/{DOMAIN}/"
MODULE = "victron-espnow.js"
# Where resources are kept in YAML only the page itself can load it, which is too early before 2026.11.
LATE_MODULE = "late.js"


@dataclass
class Served:
    """Where the files are, and which of them every page loads."""

    url: str = ""
    extra: str | None = None


SERVED: HassKey[Served] = HassKey(f"{DOMAIN}_frontend")


async def async_serve(hass: HomeAssistant) -> None:
    """Serve the files, as long as Home Assistant runs."""
    version = str((await async_get_integration(hass, DOMAIN)).version)
    cache = Path(hass.config.cache_path(DOMAIN))
    name, folder = await hass.async_add_executor_job(prepare, cache, version)
    url = f"{ROOT}{name}"
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(folder))])
    _served(hass).url = url


def _served(hass: HomeAssistant) -> Served:
    return hass.data.setdefault(SERVED, Served())


async def async_register(hass: HomeAssistant) -> None:
    """Have the card loaded, once, in this version and no other."""
    if LOVELACE_DATA not in hass.data:
        return  # nobody looks
    served = _served(hass)
    lovelace = hass.data[LOVELACE_DATA]
    if lovelace.resource_mode == MODE_STORAGE:
        assert isinstance(lovelace.resources, ResourceStorageCollection)
        await _keep_one(lovelace.resources, f"{served.url}/{MODULE}")
    elif served.extra is None and FRONTEND in hass.config.components:
        served.extra = f"{served.url}/{LATE_MODULE}"
        add_extra_js_url(hass, served.extra)


async def async_unregister(hass: HomeAssistant) -> None:
    """Leave nothing of ours behind."""
    if LOVELACE_DATA not in hass.data:
        return
    served = _served(hass)
    resources = hass.data[LOVELACE_DATA].resources
    if isinstance(resources, ResourceStorageCollection):
        await _keep_one(resources, None)
    if served.extra is not None:
        remove_extra_js_url(hass, served.extra)
        served.extra = None


async def _keep_one(resources: ResourceStorageCollection, url: str | None) -> None:
    """Let exactly one resource of ours be there, or none; those of others are not touched."""
    # Loads them: what is written to an unloaded collection would replace all others.
    await resources.async_get_info()
    ours = [item for item in resources.async_items() if str(item["url"]).startswith(ROOT)]
    kept = ours.pop(0) if ours and url else None
    for item in ours:
        await resources.async_delete_item(item["id"])
    if url and kept is None:
        await resources.async_create_item({"res_type": "module", "url": url})
    elif kept is not None and kept["url"] != url:
        await resources.async_update_item(kept["id"], {"res_type": "module", "url": url})
