"""From the tables of a scenario file to plants and devices; every mistake is named."""

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from ..tables import check, parameters
from .advertiser import Advertiser, address_for, key_for
from .catalogue import KINDS, presets
from .model import ModelError
from .plant import Plant

type Table = Mapping[str, Any]

# what a device's table may say beside its model's own options
_OF_DEVICE = (
    "name",
    "kind",
    "plant",
    "address",
    "key",
    "rssi",
    "product",
    "ours",
    "unavailable",
    "position",
    "garbage",
)


def plants(tables: Mapping[str, Table], start: datetime, seed: int) -> dict[str, Plant]:
    """Return the plants by name."""
    found = {}
    for name, table in tables.items():
        check(table, parameters(Plant.__init__) - {"random", "start", "sky"}, f"plant {name}")
        # the same place has the same clouds, however many banks there are
        sky = Random(f"{seed} sky {table.get('latitude')} {table.get('clouds')}")
        found[name] = Plant(Random(f"{seed} plant {name}"), start, sky=sky, **table)
    return found


def devices(tables: list[Table], built: Mapping[str, Plant], seed: int) -> list[Advertiser]:
    """Return the devices, each a part of its plant."""
    return [_device(table, built, seed) for table in tables]


def _device(table: Table, built: Mapping[str, Plant], seed: int) -> Advertiser:
    name, kind = table["name"], table["kind"]
    if kind not in KINDS:
        raise ModelError(f"{name}: kinds are {', '.join(KINDS)}; not {kind}")
    plant_name = table.get("plant", next(iter(built)))
    if plant_name not in built:
        raise ModelError(f"{name}: there is no plant {plant_name}")
    model_class, product, _ = KINDS[kind]
    own = {key: value for key, value in table.items() if key not in _OF_DEVICE}
    check(own, parameters(model_class.__init__) - {"plant", "random"}, f"device {name}")
    random = Random(f"{seed} device {name}")
    plant = built[plant_name]
    model = model_class(plant, random, **{**presets(kind, name), **own})
    plant.parts[name] = model
    address = table.get("address")
    key = table.get("key")
    return Advertiser(
        name, model, random,
        product=table.get("product", product),
        address=bytes.fromhex(address.replace(":", "")) if address else address_for(name),
        key=bytes.fromhex(key) if key else key_for(name),
        rssi=table.get("rssi", -70),
        ours=table.get("ours", True),
        unavailable=tuple(table.get("unavailable", ())),
        garbage=table.get("garbage", True),
    )  # fmt: skip
