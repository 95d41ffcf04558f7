"""The radio: noise, another channel, access points, strangers."""

from typing import TYPE_CHECKING

from ..access_point import AccessPoint
from ..air import Outcome
from ..hostile import Attacker, Neighbour, flipped, forge
from ..provision import site_key_of
from ..radio import DELIVERED
from .fault import Course, Fault

if TYPE_CHECKING:
    from ..matrix.stage import Stage

_NOISE_S = 8
_GONE_S = 10  # a station notices after 6
_FLOOD_HZ = 150
_SHOTS = 60
_SHOT_S = 0.02
_PASSWORD = "password"


def _loss(stage: Stage) -> Course:
    return _air(stage, loss=0.6)


def _silence(stage: Stage) -> Course:
    return _air(stage, loss=1.0)


def _deaf(stage: Stage) -> Course:
    """What the display node sends does not arrive, acknowledgements included."""
    return _air(stage, links={f"{stage.display.name}>{stage.sensor.name}": {"loss": 1.0}})


def _far(stage: Stage) -> Course:
    """The sensor node is out of range, both ways."""
    pair = (stage.display.name, stage.sensor.name)
    ways = (f"{one}>{other}" for one, other in (pair, reversed(pair)))
    return _air(stage, links={way: {"attenuation_db": 90} for way in ways})


def _fading(stage: Stage) -> Course:
    return _air(stage, fading={"good_s": 0.5, "bad_s": 1.0})


def _air(stage: Stage, **conditions: object) -> Course:
    air = stage.world.air.conditions
    before = {name: getattr(air, name) for name in conditions}
    air.set(conditions)
    yield _NOISE_S
    for name, value in before.items():
        setattr(air, name, value)
    return True


def _channel(stage: Stage) -> Course:
    """The display node is on another channel at once."""
    stage.display.radio.channel = 1 if stage.display.radio.channel != 1 else 13
    yield 0
    return True


def _unheard(stage: Stage) -> Course:
    before, stage.world.advert_loss = stage.world.advert_loss, 1.0
    yield _NOISE_S
    stage.world.advert_loss = before
    return True


async def _join(stage: Stage) -> None:
    """Have the display node in somebody's Wi-Fi."""
    point = AccessPoint(stage.world, "home", _PASSWORD, 6)
    settings = {"wifi_mode": "station", "wifi_ssid": point.ssid, "wifi_password": point.key}
    await stage.host.ask(stage.display, "set", **settings)
    await stage.world.until(lambda: stage.display.station.has_ip, 30, 0.1)


def _point_gone(stage: Stage) -> Course:
    point = stage.world.access_points[0]
    point.switch(False)
    yield _GONE_S
    point.switch(True)
    return True


def _point_moves(stage: Stage) -> Course:
    stage.world.access_points[0].move(11)
    yield _GONE_S
    return True


def _point_changes(stage: Stage) -> Course:
    """It restarts with another password, and has the old one again later."""
    point = stage.world.access_points[0]
    point.key = "another password"
    point.switch(False)
    yield 7
    point.switch(True)
    yield 5
    point.key = _PASSWORD
    return True


def _flood(stage: Stage) -> Course:
    crowd = Neighbour(stage.display.radio.channel, _FLOOD_HZ)
    crowd.start(stage.world)
    yield _NOISE_S
    crowd.stop()
    return True


async def _record(stage: Stage) -> None:
    """Keep what has arrived: what never did would be no repetition."""
    stage.attacker = Attacker(stage.world)
    arrived = stage.arrived

    def note(outcome: Outcome) -> None:
        if outcome.fate == DELIVERED:
            arrived.append(outcome.frame)

    stage.world.air.watch(note)


def _hostile(stage: Stage) -> Course:
    """Everything that was recorded once more: as it was, to the other board, damaged, and forged."""
    attacker, random = stage.attacker, stage.world.random
    recorded = list(stage.arrived)
    assert attacker is not None
    display, sensor = stage.display, stage.sensor
    forged = forge(random.randbytes(16), sensor.mac, display.mac)
    tag = forge(site_key_of(stage.world), sensor.mac, display.mac)[2:4]
    for number in range(_SHOTS):
        attacker.send(display, sensor.mac, forged[:2] + tag + forged[4:])
        if recorded:
            frame = random.choice(recorded)
            to = (display, sensor)[number % 2]
            broadcast = bool(frame.message[1] & 0x40)
            attacker.send(to, frame.source, frame.message, broadcast)
            bit = random.randrange(8 * len(frame.message))
            attacker.send(to, frame.source, flipped(frame.message, bit), broadcast)
        yield _SHOT_S
    return True


FAULTS = [
    Fault("loss", f"60 % of all frames are lost for {_NOISE_S} s.", _loss),
    Fault("silence", f"No frame gets through for {_NOISE_S} s.", _silence),
    Fault("no answers", f"The sensor node hears nothing for {_NOISE_S} s.", _deaf),
    Fault("out of range", f"The sensor node is too far away for {_NOISE_S} s.", _far),
    Fault("fading", f"The link comes and goes for {_NOISE_S} s.", _fading),
    Fault("channel", "The display node is on another channel.", _channel),
    Fault("Wi-Fi gone", f"Its access point is off for {_GONE_S} s.", _point_gone, 15, _join),
    Fault("Wi-Fi moves", "Its access point moves to channel 11.", _point_moves, 15, _join),
    Fault("Wi-Fi changed", "The password is another one for 5 s.", _point_changes, 40, _join),
    Fault("neighbours", f"{_FLOOD_HZ} foreign frames a second, long ones.", _flood),
    Fault(
        "hostile",
        f"{3 * _SHOTS} played back, damaged and forged frames.",
        _hostile,
        prepare=_record,
    ),
    Fault("unheard", f"No advertisement is heard for {_NOISE_S} s.", _unheard),
]
