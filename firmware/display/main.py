"""The display node: receive, hand on, show."""

# Radio first: memory that Python's heap has taken is lost to Wi-Fi (#14293).
from node.memory import keep_small
from node.radio_link import RadioLink


def run() -> None:
    """Start the node; comes back only when somebody asked for the prompt."""
    keep_small()
    link = RadioLink()
    link.activate()

    import asyncio

    from display.node import DisplayNode
    from node.app import App

    app = App("display", link)
    DisplayNode(app, link).prepare()
    asyncio.run(app.main())
