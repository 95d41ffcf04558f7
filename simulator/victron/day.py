"""A modelled day as text, so that people can judge it: a line for each half hour, and the balance."""

from datetime import datetime

from .plant import Plant
from .source import ModelSource

_BAR = 24
_COLUMNS = "{:<12}{:>6}{:>8}{:>8}{:>7}{:>7}  {:<26} {}"


def head() -> str:
    """Return the names of the columns."""
    return _COLUMNS.format("clock", "W/m²", "V", "A", "SOC %", "loadsA", "SOC", "sources")


def line(plant: Plant) -> str:
    """Return one moment."""
    soc = plant.battery.soc
    sources = ", ".join(
        f"{name} {part.feed.amps:.1f} A" + _stage(part)
        for name, part in plant.parts.items()
        if part.feed and (part.feed.amps > 0.05 or getattr(part, "state", 0))
    )
    marks = " ⚓"[plant.shore.plugged] + " ⚙"[plant.engine.running]
    return _COLUMNS.format(
        f"{plant.when:%d. %H:%M}" + marks,
        f"{plant.sun.irradiance:.0f}",
        f"{plant.volts:.2f}",
        f"{plant.battery_amps:+.1f}",
        f"{100 * soc:.1f}",
        f"{plant.load_amps:.1f}",
        "#" * round(_BAR * min(soc, 1)),
        sources,
    )


def _stage(part: object) -> str:
    state = getattr(part, "state", None)
    names = {3: " bulk", 4: " absorption", 5: " float", 6: " storage", 2: " fault", 11: " supply"}
    return names.get(state, "") if isinstance(state, int) else ""


def balance(plant: Plant) -> list[str]:
    """Return where the energy came from and went to, in kWh at the bank's terminals."""
    energy = plant.energy
    given = sum(energy.by_source.values())
    sources = ", ".join(f"{name} {wh / 1000:.2f}" for name, wh in energy.by_source.items())
    loads = ", ".join(f"{name} {one.watt_hours / 1000:.2f}" for name, one in plant.loads.items())
    return [
        f"in    {given / 1000:6.2f} kWh  ({sources})",
        f"loads {energy.loads / 1000:6.2f} kWh  ({loads})",
        f"bank  {energy.stored / 1000:+6.2f} kWh at its terminals, of which"
        f" {plant.battery.loss_wh / 1000:.2f} kWh became heat",
        f"difference {given - energy.loads - energy.stored:+.2f} Wh",
    ]


def moments(source: ModelSource, until: datetime) -> float:
    """Return how many s of the nodes' clock lie before a time of the plant's."""
    return (until - source.when).total_seconds() / source.speed
