"""The Victron devices, and strangers like them."""

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from ..replay import ReplaySource
from .fault import Course, Fault

if TYPE_CHECKING:
    from ..matrix.stage import Stage

_PHONE_S = 8
_STRANGERS = 40  # more than either node's table holds
_STRANGERS_S = 8


def _phone(stage: Stage) -> Course:
    """While a phone is connected the devices say nothing."""
    for device in stage.source.devices:
        device.silent = True
    yield _PHONE_S
    for device in stage.source.devices:
        device.silent = False
    return True


def _new_key(stage: Stage) -> Course:
    """A new PIN changes the key; somebody types the new one into Home Assistant later."""
    device = stage.source.devices[0]
    device.key = bytes(reversed(device.key or b""))
    stage.host.changed_keys.append(device)
    yield 4
    return True


def _restarted(stage: Stage) -> Course:
    """The devices were off and count from elsewhere."""
    for number, device in enumerate(stage.source.devices):
        stage.source.restart(device, 0x4000 + 0x1000 * number)
    yield 0
    return True


def _strangers(stage: Stage) -> Course:
    """Pass by a marina."""
    random = Random(f"strangers {stage.world.seed}")
    template = stage.source.devices[0]
    boats = [
        replace(template, address=b"\xc0\xbb" + number.to_bytes() + random.randbytes(3))
        for number in range(_STRANGERS)
    ]
    crowd = ReplaySource(boats, foreign=False)
    crowd.start(stage.world)
    yield _STRANGERS_S
    crowd.stop()
    return True


FAULTS = [
    Fault("phone", f"A phone is connected to every device for {_PHONE_S} s.", _phone),
    Fault(
        "key changed",
        "A device has a new key; Home Assistant hears of it.",
        _new_key,
        changes=("keys.json",),
    ),
    Fault("device restart", "Every device counts from elsewhere.", _restarted),
    Fault("strangers", f"{_STRANGERS} devices of others pass by.", _strangers, 70),
]
