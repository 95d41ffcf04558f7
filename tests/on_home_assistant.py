"""Runs pytest in an environment of another Home Assistant than the one that the harness is made for.

`scripts/test --home-assistant 2026.11 tests/integration` calls it; the first argument is the folder of
packages that holds pytest and the harness, the others are pytest's.
"""

import sys
from pathlib import Path

ADDED_TO_ENTRIES = ("compat_name",)


def main() -> int:
    # As `python -m pytest` has it: the project's folder instead of this file's.
    sys.path[0] = str(Path(__file__).parents[1])
    # Behind the environment's own packages: all that both have is Home Assistant's choice.
    sys.path.append(sys.argv[1])
    # First, because it puts a name of its own in the place of httpx, which the harness imports.
    import homeassistant  # noqa: F401
    import pytest
    from homeassistant.components import logger
    from homeassistant.components.logger import helpers

    # What the harness of 2026.10 looks for where it no longer is.
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]
    _take_restored_states_by_entity_id()
    _leave_out_what_only_later_versions_tell()
    return int(pytest.main(sys.argv[2:]))


def _take_restored_states_by_entity_id() -> None:
    """2026.11 finds a registered entity's state by its registry id; the harness has no other than its name."""
    from homeassistant.helpers import entity_registry as er
    from homeassistant.helpers import restore_state

    def take(data: restore_state.RestoreStateData, states: dict[str, object]) -> None:
        data.asked = states
        data.last_states_by_entity_id = dict(states)
        registry = er.async_get(data.hass)
        for entity_id in states:
            if (entry := registry.async_get(entity_id)) is not None:
                stored = data.last_states_by_entity_id.pop(entity_id)
                data.last_states_by_entity_registry_id[entry.id] = stored
        data.hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED,
            data._async_entity_registry_entry_created,
            event_filter=restore_state._entity_registry_entry_created_filter,
        )

    kind = restore_state.RestoreStateData
    if hasattr(kind, "_async_entity_registry_entry_created"):
        # The harness reads it back to see that no name came twice: that holds here.
        kind.last_states = property(lambda data: data.asked, take)


def _leave_out_what_only_later_versions_tell() -> None:
    """Snapshots are of the first version; what a later one adds to an entry is not ours."""
    from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotSerializer

    original = HomeAssistantSnapshotSerializer._serializable_entity_registry_entry.__func__

    def serializable(cls: type, data: object) -> object:
        found = original(cls, data)
        for name in ADDED_TO_ENTRIES:
            found.pop(name, None)
        return found

    HomeAssistantSnapshotSerializer._serializable_entity_registry_entry = classmethod(serializable)


if __name__ == "__main__":
    sys.exit(main())
