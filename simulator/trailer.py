"""The usual trailer in a world: a display node, some sensor nodes, the captured devices and their keys."""

from . import scenario
from .provision import provision, push_key
from .world import World


async def put_into(world: World, sensors: int) -> None:
    """Start and provision the boards, give the display node its keys, and let the devices advertise."""
    display = await world.start_node("display", tcp=None)
    others = [await world.start_node("sensor", tcp=None) for _ in range(sensors)]
    await provision(display, "display")
    for node in others:
        await provision(node, "sensor")
    source = scenario.load("trailer")
    for device in source.devices:
        assert device.key is not None
        await push_key(display, device.address, device.key, device.name)
    world.add_source(source)
