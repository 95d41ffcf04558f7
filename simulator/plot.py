"""Shows a modelled day as text, without boards: for people who want to judge the model."""

from argparse import Namespace

from . import scenario
from .victron import day

_STEP_S = 1800  # of the plant's time


def plot(arguments: Namespace) -> int:
    """Print a line for each half hour, then where the energy went."""
    found = scenario.read(arguments.scenario, seed=arguments.seed)
    source, advance = found.without_nodes()
    lines: dict[str, list[str]] = {name: [] for name in source.plants}
    for step in range(round(arguments.hours * 3600 / _STEP_S) + 1):
        advance(step * _STEP_S / source.speed)
        for name, plant in source.plants.items():
            lines[name].append(day.line(plant))
    for name, plant in source.plants.items():
        print(f"{found.name}: {name}", day.head(), *lines[name], *day.balance(plant), "", sep="\n")
    return 0
