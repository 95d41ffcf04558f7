"""The fields: not available, signs, scales, masks; and how they are written."""

from frames import KEY, bits, frame
from protocol.instant_readout import decode
from protocol.records import RECORDS, exponent, fields


def reading(record_type, *fields):
    return decode(frame(record_type, bits(RECORDS[record_type][1], *fields)), KEY)


def current(raw):
    return reading(0x02, (66, 22, raw)).values["battery_current_a"]


def test_the_22_bit_current_is_not_available_at_0x1FFFFF():
    assert current(0x1FFFFF) is None


def test_the_22_bit_pattern_of_ones_is_a_genuine_milliampere():
    assert current(0x3FFFFF) == -1
    assert reading(0x0D, (66, 22, 0x3FFFFF)).fields["battery_current_a"] == -0.001


def test_the_ends_of_the_22_bit_current():
    assert current(0x1FFFFE) == 2097150
    assert current(0x200000) == -2097152


def test_not_available_is_none_in_every_field_that_knows_it():
    for record_type, record in RECORDS.items():
        length = record[1]
        for name, bit, form in [field[:3] for field in fields(record_type) if len(field) == 3]:
            not_available = form[2]
            if not_available >= 0:
                payload = bytearray(length)
                whole = not_available << bit
                payload[:] = whole.to_bytes(length, "little")
                values = decode(frame(record_type, bytes(payload), nonce=1), KEY).values
                assert values[name] is None, (record_type, name)
                whole ^= 1 << bit
                values = decode(frame(record_type, whole.to_bytes(length, "little"), 1), KEY).values
                assert values[name] is not None, (record_type, name)


def test_every_pattern_of_every_narrow_field_decodes():
    for record_type, record in RECORDS.items():
        length = record[1]
        for field in fields(record_type):
            width = field[2][0]
            if width <= 8:
                for raw in range(1 << width):
                    whole = raw << field[1]
                    decoded = decode(frame(record_type, whole.to_bytes(length, "little"), 1), KEY)
                    assert decoded.plausible in (True, False)
                    assert field[0] in decoded.fields


def test_a_field_takes_its_own_bits_and_no_others():
    for record_type, record in RECORDS.items():
        length = record[1]
        for field in fields(record_type):
            width, bit = field[2][0], field[1]
            alone = decode(frame(record_type, (1 << bit).to_bytes(length, "little"), 1), KEY)
            around = ((1 << 8 * length) - 1) & ~(((1 << width) - 1) << bit) | 1 << bit
            if len(field) == 4:
                around &= ~(3 << 64)
                around |= (field[3] & 3) << 64
                alone_whole = 1 << bit | (field[3] & 3) << 64
                alone = decode(frame(record_type, alone_whole.to_bytes(length, "little"), 1), KEY)
            crowded = decode(frame(record_type, around.to_bytes(length, "little"), 1), KEY)
            assert crowded.values[field[0]] == alone.values[field[0]], (record_type, field[0])


def test_fields_lie_side_by_side_and_leave_only_the_spare_bits():
    for record_type, (_, length, spare, *_) in RECORDS.items():
        taken = 0
        for field in fields(record_type):
            mask = ((1 << field[2][0]) - 1) << field[1]
            if len(field) == 3:
                assert not taken & mask, (record_type, field[0])
            taken |= mask
        assert taken == (1 << (8 * length - spare)) - 1, record_type


def test_combined_alarm_bits_stay_one_mask():
    for record_type, bit in ((0x02, 32), (0x03, 8), (0x09, 24), (0x0D, 32)):
        for mask in (0, 5, 0x2001, 0xC000, 0xFFFF):
            assert reading(record_type, (bit, 16, mask)).fields["alarm_reason"] == mask


def test_combined_off_reasons_stay_one_mask():
    for mask in (0, 0x0C, 0x81, 0xFFFFFFFF):
        assert reading(0x04, (48, 32, mask)).fields["off_reason"] == mask


def test_a_state_nobody_documented_stays_its_number():
    assert reading(0x01, (0, 8, 77)).fields["device_state"] == 77


def aux(record_type, mode, raw):
    fields = reading(record_type, (48, 16, raw), (64, 2, mode)).fields
    return [fields[name] for name in ("starter_voltage_v", "midpoint_voltage_v", "temperature_c")]


def test_the_aux_value_is_in_the_field_of_its_mode():
    assert aux(0x02, 0, 1265) == [12.65, None, None]
    assert aux(0x02, 1, 1281) == [None, 12.81, None]
    assert aux(0x02, 2, 29565) == [None, None, 22.5]
    assert aux(0x02, 3, 1265) == [None, None, None]


def test_the_starter_voltage_is_signed_and_the_mid_point_is_not():
    assert aux(0x02, 0, 0xFFFE) == [-0.02, None, None]
    assert aux(0x02, 1, 0xFFFE) == [None, 655.34, None]


def test_aux_values_that_are_not_available():
    assert aux(0x02, 0, 0x7FFF) == [None, None, None]
    assert aux(0x02, 1, 0xFFFF) == [None, None, None]
    assert aux(0x02, 2, 0xFFFF) == [None, None, None]


def test_a_meter_has_no_mid_point():
    assert aux(0x0D, 0, 1265) == [12.65, None, None]
    assert aux(0x0D, 1, 1265) == [None, None, None]
    assert aux(0x0D, 2, 29565) == [None, None, 22.5]


def test_the_meter_mode_is_signed():
    assert reading(0x0D, (0, 16, -9)).fields["monitor_mode"] == -9
    assert reading(0x0D, (0, 16, 0x7FFF)).fields["monitor_mode"] == 0x7FFF


def test_cells_have_open_ends():
    cells = reading(0x05, (48, 28, 0 | 0x7E << 7 | 1 << 14 | 0x7D << 21))
    assert cells.fields["cell_voltages_v"] == ["<2.61", ">3.85", 2.61, 3.85] + [None] * 4


def test_the_three_ranges_of_the_time_since_the_sun_went():
    for raw, minutes in (
        (0, 0),
        (29, 58),
        (30, 60),
        (95, 710),
        (96, 720),
        (126, 1620),
        (127, None),
    ):
        assert reading(0xFF01, (115, 7, raw)).fields["minutes_since_last_sun"] == minutes


def test_consumed_is_sent_positive_and_means_negative():
    assert reading(0x02, (88, 20, 423)).fields["consumed_ah"] == -42.3
    assert reading(0x02, (88, 20, 0)).fields["consumed_ah"] == 0


def test_a_field_is_in_its_unit():
    assert reading(0x02, (16, 16, 1253)).fields["battery_voltage_v"] == 12.53
    assert reading(0x02, (66, 22, -3341)).fields["battery_current_a"] == -3.341
    assert reading(0x02, (66, 22, 5)).fields["battery_current_a"] == 0.005
    assert reading(0x02, (108, 10, 1000)).fields["soc_pct"] == 100
    assert reading(0x01, (64, 16, 265)).fields["pv_power_w"] == 265
    assert reading(0x01).fields["pv_power_w"] is None


def test_whole_quantities_are_integers_and_the_others_are_not():
    fields = reading(0x01, (48, 16, 3), (16, 16, 1300)).fields
    assert isinstance(fields["yield_today_wh"], int)
    assert fields["yield_today_wh"] == 30
    assert isinstance(fields["battery_voltage_v"], float)
    assert fields["battery_voltage_v"] == 13.0


def test_values_are_scaled_integers_with_their_exponent():
    decoded = reading(0x02, (66, 22, -3341))
    assert decoded.values["battery_current_a"] == -3341
    assert decoded.exponent("battery_current_a") == 3
    assert decoded.exponent("alarm_reason") == 0
    assert exponent(0x01, "yield_today_wh") == 0


def test_each_rule_of_plausibility_fails_alone():
    good = ((0, 8, 3), (8, 8, 0), (16, 16, 1300), (32, 16, 0), (48, 16, 0), (64, 16, 0), (80, 9, 0))
    assert reading(0x01, *good).plausible
    for bad in ((0, 8, 77), (8, 8, 79), (16, 16, 8001), (16, 16, -1), (89, 7, 0x7E)):
        assert not reading(0x01, *(good + (bad,))).plausible, bad
    fine = ((32, 16, 0), (108, 10, 1000), (16, 16, 8000))
    assert reading(0x02, *fine).plausible
    for bad in ((32, 16, 0x4000), (32, 16, 0x8000), (108, 10, 1001)):
        assert not reading(0x02, *(fine + (bad,))).plausible, bad
    assert reading(0x0D, (0, 16, -9), (32, 16, 0), (16, 16, 0)).plausible
    assert not reading(0x0D, (0, 16, 9), (32, 16, 0), (16, 16, 0)).plausible
    assert not reading(0x0D, (0, 16, -10), (32, 16, 0), (16, 16, 0)).plausible
    assert reading(0x04, (48, 32, 0x3FF)).plausible
    assert not reading(0x04, (48, 32, 0x400)).plausible
    assert not reading(0x08, (64, 13, 8001)).plausible


def test_nothing_available_is_plausible():
    assert reading(0x01, (16, 16, 0x7FFF), (32, 16, 0x7FFF)).plausible
    assert reading(0x08).plausible
