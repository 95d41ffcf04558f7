"""The protocol's table of records, or as much of it as somebody needs; borrowed when a kind of device is new.

Whole it would be the largest thing in a board's heap.
"""

from display.alarm_rules import FIELDS
from protocol.records import RECORDS


def whole(record_type: int):
    """Return the record of a device that is shown, None for an unknown one."""
    return RECORDS.get(record_type)


def for_alarms(record_type: int):
    """Return a record with those fields only that may raise an alarm; with any, if it has some but none of them."""
    record = RECORDS.get(record_type)
    if not record:
        return None
    found = ["", record[1], record[2]]
    for at in range(3, len(record), 3):
        if record[at] in FIELDS:
            found.append(FIELDS[FIELDS.index(record[at])])  # the text that is in memory anyway
            found += record[at + 1 : at + 3]
    return tuple(found if len(found) > 3 else found + record[3:6])
