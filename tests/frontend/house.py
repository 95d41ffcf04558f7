"""A real Home Assistant with the simulated trailer."""

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from simulator.demo.__main__ import DOMAIN, OPTIONS_FLOWS, Demo, check_port

from .beside import Beside

type Begin = Callable[[Demo], Coroutine[Any, Any, None]]


class House(Beside):
    """The trailer, its nodes and the Home Assistant that they speak to."""

    def __init__(
        self, folder: Path, hass: str, scenario: str = "trailer", begin: Begin = Demo.start
    ) -> None:
        super().__init__()
        self.demo: Demo = self.run(self._make(folder, hass, scenario, begin))

    async def _make(self, folder: Path, hass: str, scenario: str, begin: Begin) -> Demo:
        demo = Demo(folder, hass, check_port(0), scenario)
        await begin(demo)
        return demo

    def ask(self, *commands: dict[str, Any]) -> list[Any]:
        """Send WebSocket commands to Home Assistant."""
        return self.run(self.demo.home.ask(*commands))

    @property
    def url(self) -> str:
        """Return where Home Assistant is."""
        return self.demo.home.url

    def tokens(self) -> str:
        """Return what a signed-in browser keeps."""
        token = self.demo.home._head["Authorization"].removeprefix("Bearer ")
        return json.dumps(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": 1800,
                "expires": 9e15,
                "refresh_token": "",
                "hassUrl": self.url,
                "clientId": f"{self.url}/",
            }
        )

    def make_dashboard(self, path: str, config: dict[str, Any], title: str = "") -> None:
        """Make a dashboard with this configuration; one with a title stands at the side."""
        self.ask(
            {
                "type": "lovelace/dashboards/create",
                "url_path": path,
                "title": title or path,
                "mode": "storage",
                "require_admin": False,
                "show_in_sidebar": bool(title),
            },
            {"type": "lovelace/config/save", "url_path": path, "config": config},
        )

    def entities(self) -> dict[str, str]:
        """Return the ids of our entities by device and key."""
        entities, devices = self.ask(
            {"type": "config/entity_registry/list"}, {"type": "config/device_registry/list"}
        )
        names = {device["id"]: device["name"] for device in devices}
        return {
            f"{names[one['device_id']]}/{one['translation_key']}": one["entity_id"]
            for one in entities
            if one["platform"] == DOMAIN
        }

    def put_in_order(self, *names: str) -> None:
        """Choose which devices come first, as a user does it in the options."""
        ((entry,),) = self.ask({"type": "config_entries/get", "domain": DOMAIN})
        about = {"type": "config_entries/subentries/list", "entry_id": entry["entry_id"]}
        ids = {one["title"]: one["subentry_id"] for one in self.ask(about)[0]}
        answers = [{"next_step_id": "order"}, {"order": [ids[name] for name in names]}]
        self.run(self.demo.home.run_flow(OPTIONS_FLOWS, entry["entry_id"], answers))

    def rename(self, name: str, chosen: str | None) -> None:
        """Call a device something else in Home Assistant; None takes that back."""
        (devices,) = self.ask({"type": "config/device_registry/list"})
        (found,) = [one["id"] for one in devices if one["name"] == name]
        change = {"type": "config/device_registry/update", "device_id": found}
        self.ask({**change, "name_by_user": chosen})

    def close(self) -> None:
        """End everything."""
        self.run(self.demo.stop())
        super().close()
