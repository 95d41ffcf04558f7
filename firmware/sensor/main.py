"""The sensor node: scan, relay, find the display node."""

# Radios first: memory that Python's heap has taken is lost to Wi-Fi and Bluetooth (#14293).
from node.memory import keep_small
from node.radio_link import RadioLink
from node.start import start
from sensor.advert_table import AdvertTable
from sensor.scanner import Scanner

# Emptied before each question; then an answer is waited for, and finds room beside a stranger's longest frame.
RECEIVE_BUFFER = 1792


def run() -> None:
    """Start the node; comes back only where a prompt is wanted."""
    start(build)


def build(kept, watchdog):
    """Return the app of a sensor node."""
    keep_small()
    link = RadioLink(RECEIVE_BUFFER)
    link.activate()
    table = AdvertTable()
    scanner = Scanner(table)
    scanner.activate()

    from node.app import App
    from sensor.node import SensorNode

    app = App("sensor", link, kept, watchdog)
    node = SensorNode(app, link, table, scanner)
    node.prepare()
    return app
