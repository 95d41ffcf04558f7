"""Whose silence it is that a device's numbers are old; the OLED and the web page say the same."""

STALE_MS = 30_000
RADIO, DEVICE = "radio", "device"  # in the words of the `alarm` lines


def whose(nodes, device) -> str:
    """Return who fell silent: nobody, the radio hop, or the device itself.

    A sensor node that sleeps between two frames is not lost, nor are the devices it will tell of.
    """
    if device.age_ms() < STALE_MS:
        return ""
    node = nodes.nodes.get(device.node)
    if node is None or node.is_lost():
        return RADIO
    return DEVICE if device.age_ms() - node.age_ms() >= STALE_MS else ""
