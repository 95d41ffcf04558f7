"""What a product id is called: victron-ble's table, corrected and completed.

The record type decides what a device is; an id nobody knows only lacks a name.
"""

from __future__ import annotations

from victron_ble.devices.base import MODEL_ID_MAPPING

# docs/instant-readout.md section 10
_OWN = {
    0xA07F: "SmartSolar All-in-1 75/15",
    0xA383: "BMV-712 Smart Rev2",
    0xA3A0: "VE.Bus Smart dongle",
    0xA3A5: "Smart Battery Sense Rev2",
    0xA3F0: "Orion XS 12/12-50",
    0xC050: "SolarSense 750",
}


def product_name(product_id: int) -> str | None:
    """The name on the box, None for an id that no table knows."""
    name = _OWN.get(product_id) or MODEL_ID_MAPPING.get(product_id)
    if name is None:
        return None
    # The older chargers are written 12|15 there, two Orions carry their family twice.
    return name.replace("|", "/").replace("Orion Smart Orion", "Orion Smart")
