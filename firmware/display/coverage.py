"""Which sensor node hears which devices, and how well; borrowed once a minute."""

from node.mac_text import plain

DEVICES_IN_LINE = 16  # as many as surely fit


def tell(app, registry, nodes) -> None:
    """Write what was heard since the strengths were forgotten last, a line or more for each node."""
    for node in nodes.present():
        heard = {}
        for device in registry.devices.values():
            rssi = device.strengths.get(node.mac)
            if rssi is not None:
                heard[plain(device.mac)] = rssi
            if len(heard) == DEVICES_IN_LINE:
                _line(app, node, heard)
                heard = {}
        if heard:
            _line(app, node, heard)


def _line(app, node, heard: dict) -> None:
    app.send_json("coverage", {"node": plain(node.mac), "heard": heard})
