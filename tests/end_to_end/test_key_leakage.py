"""After a whole run no place holds a key, or a half of one, but those that are there for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from custom_components.victron_espnow import diagnostics, masking
from simulator.without import Guard, firmware_without_all
from simulator.world import World
from tests.security.traces import found

from .leaky_run import LeakyRun
from .thread import captured_vectors

VICTRON = {"key 0", "key 1", "key 2"}
# All the places that may hold a secret, and must, or the search would be blind there.
MAY_HOLD = {
    "storage: core.config_entries": VICTRON | {"Wi-Fi password"},
    "display: command provision": {"site key"},
    "display: command key": VICTRON,
    "display: command set": {"Wi-Fi password"},
    "display: config.json": {"site key"},
    "display: keys.json": VICTRON,
    "display: options.json": {"Wi-Fi password"},
    "display: access_point.json": {"access point password"},
    "display: whole flash chip": {"site key", *VICTRON, "Wi-Fi password", "access point password"},
    "sensor: command provision": {"node key"},
    "sensor: config.json": {"node key"},
    "sensor: whole flash chip": {"node key"},
}
SEEN = {
    "air", "diagnostics", "dialogs", "events", "files of Home Assistant", "log", "websocket", "web page",
    "display: serial line out", "sensor: serial line out", "display: command options",
    "display: NVS and RTC memory", "sensor: NVS and RTC memory", "other files of the run",
}  # fmt: skip


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """An empty one: what other tests have left in the harness's own is not ours to judge."""
    folder = tmp_path / "config"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def whole_run(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
    hass_client: Any,
    hass_ws_client: Any,
) -> Callable[..., Any]:
    async def run(**firmware: Any) -> tuple[LeakyRun, dict[str, set[str]]]:
        """Return the run, and by place the secrets that were found."""
        kinds = {one["record_type"]: one for one in reversed(captured_vectors())}
        assert len({one["key_hex"] for one in kinds.values()}) == len(VICTRON)
        async with World() as world:
            one = LeakyRun(hass, world, list(kinds.values()), **firmware)
            one.prepare(caplog, hass_storage, hass_client, hass_ws_client)
            secrets = await one.run()
        there = {place: found(secrets, pieces) for place, pieces in one.places.items()}
        return one, {place: names for place, names in there.items() if names}

    return run


async def test_nowhere_but_where_it_has_to_be(whole_run: Callable[..., Any]) -> None:
    run, there = await whole_run()
    assert there == MAY_HOLD
    assert run.places.keys() >= SEEN


# What would be easy to do by mistake, and where it would be seen.
LEAKS: dict[str, list[Guard]] = {
    "display": [
        (
            "display/key_store.py",
            "    if keys.entries.get(mac) == entry:",
            '    print("key", args["key"][:16].upper())\n    if keys.entries.get(mac) == entry:',
        ),
        (
            "display/web_state.py",
            '"name": keys.name_of(device.mac),',
            '"name": str(list(keys.key_of(device.mac))),',
        ),
        ("display/access_point.py", "    made = _random_text()", "    made = _random_text()\n    print(made)"),
    ],
    "sensor": [
        (
            "sensor/node.py",
            "version.running(), app.name)",
            "version.running(), app.config.key.hex()[:16])",
        ),
    ],
}  # fmt: skip
SEEN_BY_MISTAKE = {
    "log": {*VICTRON, "Wi-Fi password", "node key"},  # the board's name is that key now
    "diagnostics": VICTRON,
    "events": {"node key"},
    "websocket": {"node key"},
    "air": {"node key"},
    "display: serial line out": {*VICTRON, "node key", "access point password"},
    "web page": {*VICTRON, "node key"},
}


async def test_each_leak_is_seen_where_it_is(
    whole_run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masking, "masked", lambda data: data)
    monkeypatch.setattr(diagnostics, "TO_REDACT", diagnostics.TO_REDACT - {"key"})
    _, there = await whole_run(
        display_firmware=firmware_without_all(tmp_path / "display", LEAKS["display"]),
        sensor_firmware=firmware_without_all(tmp_path / "sensor", LEAKS["sensor"]),
    )
    for place, names in SEEN_BY_MISTAKE.items():
        assert there.get(place, set()) >= names, place
