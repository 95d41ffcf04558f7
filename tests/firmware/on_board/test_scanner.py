"""The interrupt handler: what it takes, what it counts, that it allocates nothing and never raises."""

import gc
import time

import bluetooth
import micropython

from air import SCAN_DONE, SCAN_RESULT, address, advertisement, event, md_of
from sensor import advert_table
from sensor.advert_table import SLOTS, Advert, AdvertTable
from sensor.scanner import Scanner


def node():
    table = AdvertTable()
    scanner = Scanner(table)
    scanner.activate()
    return table, scanner, bluetooth.BLE.handler


def taken(table):
    """Return (nonce, age) of everything unsent."""
    advert = Advert()
    found = []
    for slot in range(len(table)):
        if table.take(slot, advert):
            found.append(advert.md[5] | advert.md[6] << 8)
    return found


class Clock:
    """Stands in for time, so that minutes pass at once."""

    ticks_diff = time.ticks_diff

    def __init__(self):
        self.now = 1000

    def ticks_ms(self):
        return self.now


def with_clock():
    clock = advert_table.time = Clock()
    return clock


def bytes_allocated_by(handler, events):
    """What stays allocated; a locked heap makes an allocation that is freed at once fail as well."""
    gc.collect()
    before = gc.mem_alloc()
    micropython.heap_lock()
    for one in events:
        handler(SCAN_RESULT, one)
    micropython.heap_unlock()
    return gc.mem_alloc() - before


def assert_allocates_nothing(prepared, events):
    table, scanner, handler = node()
    for one in prepared:
        handler(SCAN_RESULT, one)
    assert bytes_allocated_by(handler, events) == 0
    assert scanner.faults == 0, repr(scanner.last_fault)
    return table


def test_a_known_address_allocates_nothing():
    known = [event(advertisement(1))]
    table = assert_allocates_nothing(known, [event(advertisement(n)) for n in (1, 2, 2, 3)])
    assert table.seen == 3


def test_a_new_address_allocates_nothing():
    assert_allocates_nothing([], [event(advertisement(1), address(n)) for n in range(SLOTS)])


def test_a_full_table_allocates_nothing():
    full = [event(advertisement(1), address(n)) for n in range(SLOTS)]
    table = assert_allocates_nothing(full, [event(advertisement(1), address(99))])
    assert table.dropped == 1


def test_an_eviction_allocates_nothing():
    clock = with_clock()
    table, scanner, handler = node()
    for number in range(SLOTS):
        handler(SCAN_RESULT, event(advertisement(1), address(number)))
    clock.now += advert_table.FREE_AFTER_MS + 1
    assert bytes_allocated_by(handler, [event(advertisement(1), address(99))]) == 0
    assert (scanner.faults, table.dropped, table.seen) == (0, 0, SLOTS + 1)


def test_a_foreign_company_allocates_nothing():
    table = assert_allocates_nothing([], [event(advertisement(1, company=0x004C))])
    assert table.seen == 0


def test_a_cut_advertisement_allocates_nothing():
    whole = advertisement(1)
    table = assert_allocates_nothing([], [event(whole[:n]) for n in range(len(whole))])
    assert table.seen == 0


def test_a_late_nonce_allocates_nothing():
    table = assert_allocates_nothing([event(advertisement(9))], [event(advertisement(8))])
    assert table.late == 1


def test_other_frames_of_victron_are_not_taken():
    table, _, handler = node()
    for first in (0x01, 0x02):
        handler(SCAN_RESULT, event(advertisement(1, first=first)))
    handler(SCAN_RESULT, event(advertisement(1, length=7)))
    assert len(table) == 0


def test_the_longest_manufacturer_data_is_kept_whole():
    table, _, handler = node()
    handler(SCAN_RESULT, event(advertisement(1, length=27)))
    advert = Advert()
    assert table.take(0, advert)
    assert (advert.length, bytes(advert.md)) == (27, md_of(1, length=27))


def test_an_exception_does_not_leave_the_handler_and_is_counted():
    _, scanner, handler = node()
    for broken in (None, (), (0, None, 3, -60, None), (0, b"", 3, -60, advertisement(1))):
        handler(SCAN_RESULT, broken)
    assert scanner.faults == 4
    assert scanner.last_fault is not None


def test_a_lack_of_memory_does_not_leave_the_handler():
    class Full(AdvertTable):
        def hear(self, *_):
            raise MemoryError

    scanner = Scanner(Full())
    scanner.on_event(SCAN_RESULT, event(advertisement(1)))
    assert scanner.faults == 1


def test_a_repeat_is_no_new_reading_but_refreshes_age_and_strength():
    clock = with_clock()
    table, _, handler = node()
    handler(SCAN_RESULT, event(advertisement(1), rssi=-80))
    clock.now += 500
    handler(SCAN_RESULT, event(advertisement(1), rssi=-40))
    clock.now += 70
    advert = Advert()
    assert table.take(0, advert)
    assert (advert.age_ms, advert.rssi) == (70, -40)
    assert not table.take(0, advert)
    assert (table.seen, table.repeats) == (1, 1)


def test_a_newer_reading_replaces_an_unsent_older_one_and_is_counted():
    table, _, handler = node()
    for nonce in (1, 2, 3):
        handler(SCAN_RESULT, event(advertisement(nonce)))
    assert taken(table) == [3]
    assert (table.seen, table.replaced) == (3, 2)


def test_the_nonce_may_wrap():
    table, _, handler = node()
    for nonce in (0xFFFF, 0):
        handler(SCAN_RESULT, event(advertisement(nonce)))
    assert (table.seen, table.late) == (2, 0)


def test_after_a_minute_of_silence_an_older_nonce_is_new():
    clock = with_clock()
    table, _, handler = node()
    handler(SCAN_RESULT, event(advertisement(50)))
    clock.now += 60_001
    handler(SCAN_RESULT, event(advertisement(10)))
    assert (table.seen, table.late) == (2, 0)


def test_a_device_silent_for_minutes_gives_its_slot_to_a_new_one():
    clock = with_clock()
    table, _, handler = node()
    for number in range(SLOTS):
        handler(SCAN_RESULT, event(advertisement(1), address(number)))
        clock.now += 1
    clock.now += advert_table.FREE_AFTER_MS
    handler(SCAN_RESULT, event(advertisement(7), address(99)))
    advert = Advert()
    assert table.take(0, advert)
    assert bytes(advert.mac) == address(99)
    assert table.seen == SLOTS + 1


def test_a_busy_table_drops_a_newcomer_and_counts_it():
    table, _, handler = node()
    for number in range(SLOTS + 2):
        handler(SCAN_RESULT, event(advertisement(1), address(number)))
    assert (len(table), table.dropped) == (SLOTS, 2)


def test_a_copy_during_which_the_handler_wrote_is_not_used():
    table, _, handler = node()
    handler(SCAN_RESULT, event(advertisement(1)))

    class Slow:
        """A copy that is interrupted."""

        def __init__(self):
            self.mac = bytearray(6)
            self.md = Target(handler)

    assert not table.take(0, Slow())
    assert taken(table) == [2]
    assert table.replaced == 1


class Target:
    """A destination in the middle of whose copy a newer advertisement comes in."""

    def __init__(self, handler):
        self._handler = handler

    def __setitem__(self, where, data):
        self._handler(SCAN_RESULT, event(advertisement(2)))


def test_a_slot_that_is_being_written_is_left_alone():
    table, _, handler = node()
    handler(SCAN_RESULT, event(advertisement(1)))
    table._version[0] += 1
    assert taken(table) == []
    table._version[0] += 1
    assert taken(table) == [1]


def test_what_was_given_back_goes_again():
    table, _, handler = node()
    handler(SCAN_RESULT, event(advertisement(1)))
    assert taken(table) == [1]
    table.give_back(0)
    assert taken(table) == [1]
    assert table.replaced == 0


def test_what_was_given_back_gives_way_to_something_newer():
    table, _, handler = node()
    handler(SCAN_RESULT, event(advertisement(1)))
    assert taken(table) == [1]
    table.give_back(0)
    handler(SCAN_RESULT, event(advertisement(2)))
    assert taken(table) == [2]
    assert (table.seen, table.replaced) == (2, 1)


def test_the_scan_listens_without_gaps_and_passively():
    _, scanner, _ = node()
    scanner.start()
    assert bluetooth.BLE.calls[-1] == ("gap_scan", (0, 100_000, 100_000, False))
    scanner.pause()
    assert bluetooth.BLE.calls[-1] == ("gap_scan", (None,))


def test_a_scan_that_ends_by_itself_is_noticed():
    _, scanner, handler = node()
    scanner.start()
    handler(SCAN_DONE, ())
    assert not scanner.running


def test_only_devices_on_the_list_are_relayed_and_an_empty_list_means_all():
    table, _, hear = node()
    table.allow([address(1), address(2)])
    for number in range(5):
        hear(SCAN_RESULT, event(advertisement(7), address(number)))
    assert len(table) == 2
    assert (table.seen, table.not_allowed) == (2, 3)
    table.allow([])
    hear(SCAN_RESULT, event(advertisement(7), address(4)))
    assert len(table) == 3


def test_a_device_that_is_not_on_the_list_allocates_nothing():
    table, _, handler = node()
    table.allow([address(number) for number in range(22)])
    assert bytes_allocated_by(handler, [event(advertisement(7), address(99))]) == 0
    assert table.not_allowed


def test_the_share_of_time_spent_scanning_can_be_set():
    _, scanner, _ = node()
    scanner.set_duty(40)
    scanner.start()
    assert bluetooth.BLE.calls[-1] == ("gap_scan", (0, 100_000, 40_000, False))


def test_a_scan_that_runs_is_stopped_before_it_is_started_with_another_share():
    _, scanner, _ = node()
    scanner.start()
    scanner.set_duty(40)
    scanner.start()  # NimBLE refuses to start what runs
    assert bluetooth.BLE.calls[-1] == ("gap_scan", (0, 100_000, 40_000, False))
    assert bluetooth.BLE.scanning
    assert scanner.running
