"""What the recorder would remember had Home Assistant run for days: the modelled days before the pictures."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from simulator.scenario import Scenario, read

SCENARIO = Path(__file__).with_name("trailer.toml")
ON_MAINS = "# from here on"
DAY_S = 86_400
STEP_S = 300
ENERGY_STEP_S = 3600
PATIENCE_S = 30
GONE = "unavailable"
POWER = "battery_power"
ENTITIES = {
    "soc_pct": "state_of_charge",
    "pv_power_w": "solar_power",
    "battery_voltage_v": "battery_voltage",
    "battery_voltage1_v": "battery_voltage",
    "battery_current_a": "battery_current",
    "battery_current1_a": "battery_current",
}
ENERGIES = {0x01: "solar_energy", 0x08: "charged_energy"}  # by the record of a charger

type Course = list[tuple[float, float | None]]  # seconds before now, value; None while it is silent


def scenario(folder: Path, start: datetime, **weather: object) -> Path:
    """Write the scenario with its beginning and its weather; return its file."""
    text = SCENARIO.read_text("utf-8").replace("@start", start.isoformat(timespec="seconds"))
    if "plugged" not in weather:
        text = text[: text.index(ON_MAINS)]
    for name, value in weather.items():
        text = text.replace(f"@{name}", str(value))
    path = folder / SCENARIO.name
    path.write_text(text, "utf-8")
    return path


def charge_after(path: Path, days: int) -> float:
    """Return the state of charge after some days, as a share."""
    source, advance = read(path).without_nodes()
    advance(days * DAY_S)
    return source.plants["plant"].battery.soc


class Past:
    """The courses of the devices' values, by device and the key of its entity."""

    def __init__(self) -> None:
        self.states: dict[tuple[str, str], Course] = defaultdict(list)
        self.energies: dict[tuple[str, str], Course] = defaultdict(list)  # kWh since the beginning

    def live(self, what: Scenario, days: int) -> None:
        """Let the plant's days pass, and note what was to be seen."""
        source, advance = what.without_nodes()
        charged = discharged = 0.0
        for step in range(days * DAY_S // STEP_S + 1):
            advance(step * STEP_S)
            ago = days * DAY_S - step * STEP_S
            for device in source.devices:
                for key, value in _seen(device):
                    if ago < DAY_S:
                        self.states[device.name, key].append((ago, value))
            plant = source.plants["plant"]
            hours = STEP_S / 3600 / 1000
            charged += max(0.0, plant.battery_amps * plant.volts) * hours
            discharged += max(0.0, -plant.battery_amps * plant.volts) * hours
            if ago and ago % ENERGY_STEP_S == 0:
                monitor, *chargers = source.devices
                made = plant.energy.by_source
                for name, key, kwh in (
                    (monitor.name, "charged_energy", charged),
                    (monitor.name, "discharged_energy", discharged),
                    *(
                        (one.name, ENERGIES[one.model.record_type], made.get(one.name, 0) / 1000)
                        for one in chargers
                    ),
                ):
                    self.energies[name, key].append((ago, kwh))

    def write(self, database: Path, ids: dict[str, str]) -> None:
        """Give it to the recorder, whose first rows name the entities."""
        now = time.time()
        with closing(sqlite3.connect(database, timeout=PATIENCE_S)) as rows:
            noted = [
                (course, _known(rows, entity))
                for (name, key), course in self.states.items()
                if (entity := ids.get(f"{name}/{key}"))
            ]
            # only now: what is being written here keeps the recorder from noting anything
            for course, (metadata, attributes) in noted:
                rows.executemany(
                    "insert into states (state, last_updated_ts, metadata_id, attributes_id, origin_idx)"
                    " values (?, ?, ?, ?, 0)",
                    [
                        (GONE if value is None else str(round(value, 2)), now - ago, metadata, attributes)
                        for ago, value in course
                    ],
                )  # fmt: skip
            rows.commit()

    def statistics(self, ids: dict[str, str]) -> Iterator[dict]:
        """Yield the commands that tell Home Assistant the energies of all hours."""
        hour = time.time() // 3600 * 3600
        for (name, key), course in self.energies.items():
            if f"{name}/{key}" not in ids:
                continue  # never heard
            yield {
                "type": "recorder/import_statistics",
                "metadata": {
                    "statistic_id": ids[f"{name}/{key}"],
                    "source": "recorder",
                    "name": None,
                    "unit_of_measurement": "kWh",
                    "unit_class": "energy",
                    "has_sum": True,
                    "mean_type": 0,
                },
                "stats": [
                    {
                        "start": datetime.fromtimestamp(hour - ago).astimezone().isoformat(),
                        "state": kwh,
                        "sum": kwh,
                    }
                    for ago, kwh in course
                ],
            }


def _seen(device) -> Iterator[tuple[str, float | None]]:
    """Yield what Home Assistant would show of a device."""
    model = device.model
    values = model.values()
    for field, key in ENTITIES.items():
        if field in values:
            yield key, values[field] if model.powered else None
    volts, amps = (values.get(f"battery_{one}") or values.get(f"battery_{other}")
                   for one, other in (("voltage_v", "voltage1_v"), ("current_a", "current1_a")))  # fmt: skip
    if volts is not None and amps is not None:
        yield POWER, volts * amps if model.powered else None


def _known(rows: sqlite3.Connection, entity: str) -> tuple[int, int]:
    """Return by which numbers the recorder knows an entity and its attributes."""
    question = (
        "select states.metadata_id, attributes_id from states join states_meta"
        " on states.metadata_id = states_meta.metadata_id where states_meta.entity_id = ?"
        " and attributes_id is not null order by last_updated_ts desc"
    )
    deadline = time.monotonic() + PATIENCE_S
    while not (found := rows.execute(question, (entity,)).fetchone()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the recorder has not noted {entity}")
        time.sleep(0.5)
    return found
