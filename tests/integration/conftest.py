"""Lets Home Assistant find this repository's custom_components."""

# Before the hass fixture mounts a custom_components of its own.
import custom_components  # noqa: F401
import pytest


@pytest.fixture(autouse=True)
def _custom(enable_custom_integrations):
    return
