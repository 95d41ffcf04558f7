"""The display node: receive, hand on, show."""

# Radio first: memory that Python's heap has taken is lost to Wi-Fi (#14293).
from node.memory import keep_small
from node.radio_link import RadioLink
from node.start import start


def run() -> None:
    """Start the node; comes back only where a prompt is wanted."""
    start(build)


def build(kept, watchdog):
    """Return the app of a display node."""
    keep_small()
    link = RadioLink()
    link.activate()

    from display.node import DisplayNode
    from node.app import App

    app = App("display", link, kept, watchdog)
    DisplayNode(app, link).prepare()
    return app
