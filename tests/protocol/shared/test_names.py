"""Slugs of states and flags: total, and in step with what is known about keys."""

from protocol.names import (
    FLAGS,
    LEVELS,
    STATES,
    UNDOCUMENTED,
    all_flag_slugs,
    flag_slugs,
    levels,
    state_slug,
    state_slugs,
)
from protocol.plausibility import CHARGER_ERROR_CODES, STATE_CODES


def test_a_state_is_told_by_its_code():
    assert state_slug("device_state", 4) == "absorption"
    assert state_slug("device_state", 252) == "external_control"
    assert state_slug("monitor_mode", -9) == "solar_charger"
    assert state_slug("output_state", 1) == "on"
    assert state_slug("active_ac_in", 2) == "not_connected"


def test_an_undocumented_code_is_told_as_such():
    assert state_slug("device_state", 77) == UNDOCUMENTED
    assert state_slug("monitor_mode", -10) == UNDOCUMENTED


def test_not_available_is_no_state():
    assert state_slug("device_state", None) is None


def test_every_code_of_every_field_has_a_listed_slug():
    for field in STATES:
        listed = state_slugs(field)
        for code in range(-20, 260):
            assert state_slug(field, code) in listed
        assert len(set(listed)) == len(listed)


def test_every_line_of_every_table_is_a_code_a_slug_and_a_meaning():
    for tables in (STATES, FLAGS, LEVELS):
        for table in tables.values():
            for line in table.strip("\n").split("\n") if table else ():
                code, slug, meaning = line.split(" ", 2)
                assert str(int(code)) == code
                assert slug == slug.lower()
                assert meaning.strip() == meaning


def test_a_mask_is_told_by_its_flags_and_all_undocumented_ones_share_one_slug():
    assert flag_slugs("alarm_reason", 0) == ()
    assert flag_slugs("alarm_reason", 5) == ("low_voltage", "low_soc")
    assert flag_slugs("off_reason", 0x0C) == ("switched_off_register", "remote_input")
    assert flag_slugs("alarm_reason", 0xC001) == ("low_voltage", UNDOCUMENTED)
    assert flag_slugs("bms_flags", 0x06000000) == ("charge_allowed", "discharge_allowed")
    assert flag_slugs("error_flags", 3) == (UNDOCUMENTED,)
    for field in FLAGS:
        for bit in range(32):
            assert flag_slugs(field, 1 << bit)[0] in all_flag_slugs(field)


def test_levels_of_the_lynx_are_told_one_by_one():
    assert levels("warnings_alarms", 3 << 16)["high_temperature"] == 3
    assert levels("warnings_alarms", 2 | 3 << 6)["low_cell_voltage"] == 2
    assert levels("io_status", 0x1595)["external_relay"] == 2
    for field in LEVELS:
        for value in (0, 0x3FFFF, 0x2AAAA, 0x15555):
            assert set(levels(field, value).values()) <= {0, 1, 2, 3}


def codes_of(field):
    return [code for code in range(256) if state_slug(field, code) != UNDOCUMENTED]


def test_what_has_a_slug_is_plausible():
    assert codes_of("device_state") == list(STATE_CODES)
    assert codes_of("charger_error") == list(CHARGER_ERROR_CODES)
