"""As much of the protocol's table of records as alarms look at; borrowed when a kind of device is new.

Whole it would be the largest thing in a board's heap.
"""

from display.alarm_rules import fields
from protocol.records import RECORDS


def learn(records: dict, kind: int) -> None:
    """Note this kind's record, and which kinds there are: who forges advertisements can send any."""
    for one in RECORDS:
        if not records.get(one):
            records[one] = one == kind and for_alarms(one)


def for_alarms(record_type: int) -> tuple:
    """Return a record with those fields only that may raise an alarm; with any, if it has some but none of them."""
    record = RECORDS[record_type]
    names = fields()
    found = ["", record[1], record[2]]
    for at in range(3, len(record), 3):
        if record[at] in names:
            found.append(names[names.index(record[at])])  # the text that is in memory anyway
            found += record[at + 1 : at + 3]
    return tuple(found if len(found) > 3 else found + record[3:6])
