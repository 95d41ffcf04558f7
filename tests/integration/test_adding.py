"""Entities are added when something new is known, and Home Assistant is left alone otherwise."""

from unittest.mock import Mock

from homeassistant.helpers.entity import EntityDescription

from custom_components.victron_espnow.adding import add_for_devices, add_for_nodes

VOLTAGE, ALARM = EntityDescription(key="voltage"), EntityDescription(key="alarm")


def test_what_is_known_already_is_no_task_for_home_assistant() -> None:
    """A board says something every few seconds."""
    entry, add_entities = Mock(), Mock()
    known = [VOLTAGE]
    add_for_devices(entry, add_entities, lambda _: known, lambda *made: Mock(made=made))
    add_for_nodes(entry, add_entities, lambda _: known, lambda *made: Mock(made=made))
    for platform in (entry.runtime_data.devices, entry.runtime_data.nodes):
        (add,) = platform.async_add_platform.call_args.args
        add_entities.reset_mock()
        known[:] = [VOLTAGE]
        owner = Mock()
        add(owner)
        add(owner)
        known.append(ALARM)
        add(owner)
        add(owner)
        added = [[one.made[-1] for one in call.args[0]] for call in add_entities.call_args_list]
        assert added == [[VOLTAGE], [ALARM]]
