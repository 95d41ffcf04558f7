"""What alarms look at in a record is judged as the whole record would be."""

from display import layouts
from display.alarm_rules import fields, judge
from protocol.records import RECORDS, exponent_as, read_as

LIMITS = (200, 100, 1150, 1550, 600)


class Reading:
    def __init__(self, whole, record):
        self.values = read_as(whole, record)
        self.exponent = lambda name: exponent_as(record, name)


def test_a_part_of_a_record_is_judged_like_the_whole():
    judged = set()
    for kind, record in RECORDS.items():
        part = layouts.for_alarms(kind)
        assert part[1] == record[1]
        for whole in (
            0,
            (1 << 128) - 1,
            0x0123456789ABCDEF0123456789ABCDEF,
            0x55 << 36 | 0x5A5A << 90,
        ):
            findings = set(judge(Reading(whole, record), LIMITS))
            assert set(judge(Reading(whole, part), LIMITS)) == findings
            judged |= {finding[0] for finding in findings}
    assert len(judged) == 8, judged


def test_a_part_has_a_field_where_the_record_has_one():
    for kind, record in RECORDS.items():
        part = layouts.for_alarms(kind)
        assert bool(read_as(0, part)) == bool(read_as(0, record))
        named = [part[at] for at in range(3, len(part), 3)]
        assert all(name in fields() for name in named) or named == [record[3]]


def test_names_of_fields_are_no_texts_of_their_own():
    part = layouts.for_alarms(0x02)
    names = [part[at] for at in range(3, len(part), 3)]
    assert all(any(name is one for one in fields()) for name in names)


def test_what_is_learned_is_every_kind_there_is_and_the_record_of_one():
    records = {}
    layouts.learn(records, 0x7F)
    assert records == dict.fromkeys(RECORDS, False)
    layouts.learn(records, 0x02)
    assert records.pop(0x02) == layouts.for_alarms(0x02)
    assert not any(records.values())
