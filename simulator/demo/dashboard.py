"""A dashboard for the demo: the node's screen, and every entity of each device."""

from pathlib import Path
from typing import Any

URL_PATH = "trailer-demo"
# Home Assistant serves its www folder as /local; the page fetches the picture anew by itself.
SCREEN_PAGE = """\
<!doctype html><meta charset="utf-8"><title>OLED</title>
<style>html, body { margin: 0; height: 100%; background: #000 }
img { width: 100%; height: 100%; object-fit: contain }</style>
<img alt="The display node's screen" src="oled.png">
<script>
  const image = document.querySelector("img");
  setInterval(() => { image.src = "oled.png?" + Date.now(); }, 1000);
</script>
"""
_WIDE = {"columns": "full"}


def prepare(folder: Path) -> Path:
    """Lay out the web folder of a configuration; return where the screen's picture goes."""
    web = folder / "www"
    web.mkdir()
    (web / "oled.html").write_text(SCREEN_PAGE)
    return web / "oled.png"


def commands(entities: dict[str, dict[str, str]], page: str, controls: str) -> list[dict[str, Any]]:
    """Return the WebSocket commands that make the dashboards; `entities[device][key]` are what there is."""
    return [
        {
            "type": "lovelace/dashboards/create",
            "url_path": URL_PATH,
            "title": "Trailer",
            "icon": "mdi:caravan",
            "mode": "storage",
            "require_admin": False,
            "show_in_sidebar": True,
        },
        {
            "type": "lovelace/config/save",
            "url_path": URL_PATH,
            "config": {
                "views": [
                    {
                        "type": "sections",
                        "title": "Trailer",
                        "path": "trailer",
                        "max_columns": 4,
                        "sections": [_card(page), _screen(page, controls)],
                    },
                    {
                        "type": "sections",
                        "title": "Every entity",
                        "path": "entities",
                        "max_columns": 4,
                        "sections": [_device(name, keys) for name, keys in entities.items()],
                    },
                ]
            },
        },
        {
            "type": "lovelace/dashboards/create",
            "url_path": "victron-espnow",
            "title": "Victron",
            "icon": "mdi:battery-charging",
            "mode": "storage",
            "require_admin": False,
            "show_in_sidebar": True,
        },
        {
            "type": "lovelace/config/save",
            "url_path": "victron-espnow",
            "config": {"strategy": {"type": "custom:victron-espnow"}},
        },
    ]


def _card(page: str) -> dict[str, Any]:
    cards = [
        {"type": "custom:victron-espnow-card"},
        {"type": "heading", "heading": "On the phone: the node's own page"},
        {"type": "iframe", "url": page, "grid_options": {**_WIDE, "rows": 11}},
    ]
    return {**_section("In Home Assistant", cards), "column_span": 2}


def _screen(page: str, controls: str) -> dict[str, Any]:
    return _section(
        "Display node",
        [
            {"type": "iframe", "url": "/local/oled.html", "aspect_ratio": "50%"},
            {
                "type": "markdown",
                "text_only": True,
                "content": "The screen that hangs in the cabin, drawn from the bytes the node's"
                " firmware sends to it. It goes on working when Home Assistant is off; so does the"
                f" [page that the node serves]({page}).",
            },
            {"type": "heading", "heading": "What goes wrong in real life"},
            {"type": "iframe", "url": controls, "grid_options": {**_WIDE, "rows": 8}},
        ],
    )


def _device(name: str, keys: dict[str, str]) -> dict[str, Any]:
    cards: list[dict[str, Any]] = []
    if charge := keys.get("state_of_charge"):
        cards.append({"type": "gauge", "entity": charge, "needle": False, "grid_options": _WIDE})
    # The heading names the device already; a row needs only the entity's own name.
    rows = [{"entity": entity, "name": {"type": "entity"}} for entity in sorted(keys.values())]
    cards.append({"type": "entities", "entities": rows})
    return _section(name, cards)


def _section(title: str, cards: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "grid",
        "cards": [{"type": "heading", "heading": title}]
        + [{"grid_options": _WIDE, **card} for card in cards],
    }
