"""The odds behind the verdicts: the reference's shares, and many wrong and right keys."""

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "shared"))

from frames import frame, payloads

from protocol.instant_readout import judge_key
from protocol.judging import _rarity
from protocol.plausibility import RULES
from protocol.records import RECORDS, fields

JUDGED = (0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x0F)


def by_type(record_type):
    return f"{record_type:#04x}"


@pytest.mark.parametrize(("record_type", "share"), [(0x01, 3.3e-5), (0x02, 7.5e-3), (0x08, 3.5e-2)])
def test_random_payloads_pass_as_often_as_the_reference_computed(record_type, share):
    bits = RECORDS[record_type][2]
    bits += sum(_rarity(record_type, field) for field in fields(record_type) if field[0] in RULES)
    assert 2**-bits == pytest.approx(share, rel=0.1)


def verdicts(record_type, wrong, count, step, trials=150):
    """The verdicts about random keys after `count` frames of a device."""
    chance = random.Random(record_type)
    given = []
    for _ in range(trials):
        key = chance.randbytes(16)
        sender = key[:1] + chance.randbytes(15) if wrong else key
        payload = chance.choice(payloads(record_type))
        first = chance.randrange(0x10000)
        frames = (
            frame(record_type, payload, first + step * at & 0xFFFF, sender) for at in range(count)
        )
        given.append(judge_key(frames, key))
    return given


@pytest.mark.parametrize("record_type", JUDGED, ids=by_type)
@pytest.mark.parametrize("step", [1, 20], ids=["every second", "every 20 s"])
def test_a_right_key_is_never_called_wrong_and_soon_right(record_type, step):
    assert "wrong" not in verdicts(record_type, False, 2, step)
    assert set(verdicts(record_type, False, 4, step)) == {"right"}


@pytest.mark.parametrize("record_type", JUDGED, ids=by_type)
@pytest.mark.parametrize("step", [1, 20], ids=["every second", "every 20 s"])
def test_a_wrong_key_is_almost_never_called_right_and_soon_wrong(record_type, step):
    after_three = verdicts(record_type, True, 3, step)
    assert after_three.count("right") <= 1
    assert after_three.count("wrong") >= (0.4 if record_type == 0x05 else 0.8) * len(after_three)
    late = verdicts(record_type, True, 16, step)
    assert late.count("wrong") >= 0.95 * len(late)
