"""One order on all three: what the card's find.js says of Home Assistant's entities, OLED and page say of records.

It holds for places that the user chose, for every kind of device, and for names of ASCII in whichever case. The board
knows no other capitals: beyond ASCII the order is the same for small letters only.
"""

import json
import random
import re
import string
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

from toolchain import ensure

from .conftest import PROJECT, Call

# Every entity that Home Assistant makes of each device that was ever captured.
KNOWN = PROJECT / "tests" / "integration" / "snapshots" / "test_records.ambr"
NOT_HEARD = -1  # its record
NO_PLACE = 255
BY_HAND = ("Battery 10", "Battery 2", "battery_3", "Battery-4", "[5]", "~", "Zelle", "öl", "ähre")
ON_BOARD = f"""
import json, sys
sys.path.insert(0, {str(PROJECT / "firmware")!r})
from display.summary import rank
devices = json.loads(sys.stdin.read())
class Keys:
    place_of = lambda self, mac: devices[mac[0]]["place"]
    name_of = lambda self, mac: devices[mac[0]]["name"]
keys = Keys()
found = sorted(range(len(devices)), key=lambda at: rank(keys, bytes([at]), devices[at]["record"]))
print(json.dumps([devices[at]["name"] for at in found]))
"""


class Kind(NamedTuple):
    """What a device sends, and what Home Assistant makes of it."""

    about: str
    record: int
    entities: list[str]


def kinds() -> Iterator[Kind]:
    """Return every kind of device."""
    yield Kind("not heard yet", NOT_HEARD, ["sensor.reading_status", "sensor.last_seen"])
    for block in KNOWN.read_text("utf-8").split("# name: ")[1:]:
        record = re.match(r"\w+\[(0x\w+)\]", block)
        assert record
        for title, lines in re.findall(r"\n    '([^ ].*)',((?:\n    ['\"]  .*)*)", block):
            entities = re.findall(r"['\"]  (\w+\.\w+):", lines)
            yield Kind(title, int(record[1], 16), entities)


KINDS = list(kinds())


def order_on_board(devices: list[dict]) -> list[str]:
    """Return the names as the display node sorts them, on its interpreter."""
    done = subprocess.run(
        [ensure().micropython, "-c", ON_BOARD],
        input=json.dumps(devices),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def order_on_card(call: Call, devices: list[dict]) -> list[str]:
    """Return the names as card and dashboard sort them."""
    hass: dict[str, dict] = {"entities": {}, "devices": {}, "states": {}}
    for number, device in enumerate(devices):
        own = f"device{number:03}"
        hass["devices"][own] = {"id": own, "name": device["name"]}
        for entity in device["entities"]:
            domain, key = entity.split(".")
            name = f"{domain}.{own}_{key}"
            entry = {"entity_id": name, "platform": "victron_espnow", "device_id": own}
            hass["entities"][name] = {**entry, "translation_key": key}
            place = None if device["place"] == NO_PLACE else device["place"] + 1
            attributes = {"place_on_display": place} if key == "reading_status" else {}
            hass["states"][name] = {"state": "1", "attributes": attributes}
    return [one["name"] for one in call("find.js", "find", hass)["devices"]]


def called(kind: Kind, name: str, place: int = NO_PLACE) -> dict:
    return {"name": name, "place": place, "record": kind.record, "entities": kind.entities}


def test_every_kind_has_its_place(call: Call):
    assert len({one.record for one in KINDS}) == 14 + 1
    devices = [called(kind, f"{kind.about} {number}") for number, kind in enumerate(KINDS)]
    expected = order_on_board(devices)
    assert order_on_card(call, devices) == expected
    assert expected[0].startswith("BMV-712")
    assert expected[-1].startswith("not heard")


def test_a_battery_sense_is_a_battery(call: Call):
    sense = next(kind for kind in KINDS if kind.about.startswith("Smart Battery Sense"))
    shunt = next(kind for kind in KINDS if kind.about.startswith("SmartShunt"))
    sun = next(kind for kind in KINDS if kind.about.startswith("SmartSolar"))
    devices = [called(sun, "Cabin"), called(shunt, "Shunt"), called(sense, "Sense")]
    assert order_on_card(call, devices) == order_on_board(devices) == ["Sense", "Shunt", "Cabin"]


def test_names_are_alike_in_any_case(call: Call):
    chance = random.Random(4)
    letters = string.printable.strip()
    names = {"".join(chance.choices(letters, k=chance.randrange(1, 4))) for _ in range(240)}
    alike = {name.lower(): name for name in (*BY_HAND, *names)}  # else the address decides
    devices = [called(KINDS[1], name) for name in alike.values()]
    chance.shuffle(devices)
    expected = order_on_board(devices)
    assert order_on_card(call, devices) == expected
    by_hand = [name for name in expected if name in BY_HAND]
    assert by_hand == sorted(BY_HAND, key=str.lower)


def test_chosen_places_come_before_all_else(call: Call):
    chance = random.Random(5)
    for _ in range(5):
        chosen = chance.sample(KINDS, 20)
        places = [chance.choice([*range(6), NO_PLACE]) for _ in chosen]
        devices = [
            called(kind, f"{chance.choice('abC')} {number}", place)
            for number, (kind, place) in enumerate(zip(chosen, places, strict=True))
        ]
        assert order_on_card(call, devices) == order_on_board(devices)
