"""Names of states and flags: total, and in step with what is known about keys."""

from protocol.names import (
    FLAGS,
    LEVELS,
    STATES,
    UNDOCUMENTED,
    all_flag_slugs,
    flag_names,
    flag_slugs,
    levels,
    record_name,
    state_name,
    state_slug,
    state_slugs,
)
from protocol.plausibility import CHARGER_ERROR_CODES, STATE_CODES
from protocol.records import RECORDS


def test_states_have_names():
    assert state_name("device_state", 4) == "absorption"
    assert state_name("device_state", 252) == "external control"
    assert state_name("charger_error", 38) == "input shutdown, battery over-voltage"
    assert state_name("monitor_mode", -9) == "solar charger"
    assert state_name("output_state", 1) == "on"
    assert state_name("active_ac_in", 2) == "not connected"


def test_an_undocumented_code_is_its_number():
    assert state_name("device_state", 77) == "unknown (77)"
    assert state_slug("device_state", 77) == UNDOCUMENTED
    assert state_name("monitor_mode", -10) == "unknown (-10)"


def test_not_available_is_no_state():
    assert state_name("device_state", None) == "not available"
    assert state_slug("device_state", None) is None


def test_every_code_of_every_field_has_a_name_and_a_listed_slug():
    for field in STATES:
        listed = state_slugs(field)
        for code in range(-20, 260):
            assert state_name(field, code)
            assert state_slug(field, code) in listed
        assert len(set(listed)) == len(listed)


def test_a_mask_is_told_by_its_flags():
    assert flag_names("alarm_reason", 0) == ()
    assert flag_names("alarm_reason", 5) == ("low voltage", "low state of charge")
    assert flag_names("alarm_reason", 0xC000) == ("unknown (bit 14)", "unknown (bit 15)")
    assert flag_names("off_reason", 0x0C) == ("switched off in the app", "remote input")
    assert flag_names("bms_flags", 0x06000000) == ("charging allowed", "discharging allowed")
    assert flag_names("error_flags", 3) == ("unknown (bit 0)", "unknown (bit 1)")


def test_flags_have_slugs_and_all_undocumented_ones_share_one():
    assert flag_slugs("off_reason", 0x0C) == ("switched_off_register", "remote_input")
    assert flag_slugs("alarm_reason", 0xC001) == ("low_voltage", UNDOCUMENTED)
    for field in FLAGS:
        for bit in range(32):
            assert flag_slugs(field, 1 << bit)[0] in all_flag_slugs(field)


def test_levels_of_the_lynx_are_told_where_there_is_something_to_tell():
    assert flag_names("io_status", 0x1595) == ("charge allowed", "discharge allowed")
    assert flag_names("warnings_alarms", 0x1455) == ()
    assert flag_names("warnings_alarms", 2 | 3 << 6) == (
        "low cell voltage: warning",
        "contactor: alarm",
    )
    assert flag_names("warnings_alarms", 3 << 14) == ("unknown (bit 14): alarm",)
    assert levels("warnings_alarms", 3 << 16)["high_temperature"] == 3
    assert levels("io_status", 0x1595)["external_relay"] == 2
    for field in LEVELS:
        for value in (0, 0x3FFFF, 0x2AAAA, 0x15555):
            assert flag_names(field, value) is not None


def test_every_record_has_a_name():
    for record_type in RECORDS:
        assert "unknown" not in record_name(record_type)
    assert record_name(0x42) == "unknown (0x42)"


def codes_of(field):
    return [code for code in range(256) if "unknown" not in state_name(field, code)]


def test_what_has_a_name_is_plausible():
    assert codes_of("device_state") == list(STATE_CODES)
    assert codes_of("charger_error") == list(CHARGER_ERROR_CODES)
