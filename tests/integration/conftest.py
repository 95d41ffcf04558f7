"""Lets Home Assistant find this repository's custom_components."""

# Before the hass fixture mounts a custom_components of its own.
import pytest

import custom_components  # noqa: F401


@pytest.fixture(autouse=True)
def _custom(enable_custom_integrations):
    return
