"""Local alarms: what counts as wrong, how long it has to last, and what the host and the people hear of it."""

from display.alarm_rules import FINE, WRONG, judge
from display.alarms import MOST_ALARMS, Alarms

MAC = b"\xc0\x3d\x5a\x89\xa3\x01"
OTHER = b"\xc0\x3d\x5a\x89\xa3\x02"
LIMITS = (200, 100, 1150, 1550, 600)
NO_LIMITS = (None,) * 5
EXPONENTS = {"soc_pct": 1, "battery_voltage_v": 2, "battery_voltage1_v": 2, "input_voltage_v": 2}


class Reading:
    def __init__(self, **values):
        self.values = values

    def exponent(self, name):
        return EXPONENTS.get(name, 0)


class WholePercent(Reading):
    """A VE.Bus device tells its state of charge in whole percent."""

    def exponent(self, name):
        return 0


def wrong(reading, limits=LIMITS):
    """Return (kind, severity, value) of what is wrong."""
    return [
        (kind, severity, value)
        for kind, severity, verdict, value, _ in judge(reading, limits)
        if verdict == WRONG
    ]


def verdict_of(kind, reading):
    return next(one[2] for one in judge(reading, LIMITS) if one[0] == kind)


def test_a_low_and_a_critical_charge_are_two_alarms():
    assert wrong(Reading(soc_pct=201)) == []
    assert wrong(Reading(soc_pct=200)) == [("soc_low", "warning", 200)]
    both = [("soc_low", "warning", 99), ("soc_critical", "critical", 99)]
    assert wrong(Reading(soc_pct=99)) == both
    assert wrong(WholePercent(soc_pct=20)) == [("soc_low", "warning", 200)]


def test_a_voltage_is_wrong_at_either_end():
    assert wrong(Reading(battery_voltage_v=1150)) == [("voltage_low", "critical", 1150)]
    assert wrong(Reading(battery_voltage_v=1151)) == []
    assert wrong(Reading(battery_voltage1_v=1550)) == [("voltage_high", "critical", 1550)]
    assert wrong(Reading(battery_voltage_v=None, input_voltage_v=1000)) == [
        ("voltage_low", "critical", 1000)
    ]


def test_between_a_limit_and_its_hysteresis_nothing_changes():
    assert verdict_of("soc_low", Reading(soc_pct=229)) not in (WRONG, FINE)
    assert verdict_of("soc_low", Reading(soc_pct=230)) == FINE
    assert verdict_of("voltage_low", Reading(battery_voltage_v=1172)) not in (WRONG, FINE)
    assert verdict_of("voltage_low", Reading(battery_voltage_v=1173)) == FINE
    assert verdict_of("voltage_high", Reading(battery_voltage_v=1520)) not in (WRONG, FINE)
    assert verdict_of("voltage_high", Reading(battery_voltage_v=1519)) == FINE


def test_without_a_limit_no_value_is_wrong():
    assert wrong(Reading(soc_pct=0, battery_voltage_v=0), NO_LIMITS) == []


def test_a_value_that_is_not_available_says_nothing():
    empty = Reading(soc_pct=None, battery_voltage_v=None, alarm_reason=None, charger_error=None)
    assert judge(empty, LIMITS) == []


def test_every_alarm_warning_and_error_field_of_the_records_counts():
    from protocol.records import RECORDS, read

    ends = ("alarm", "alarm_reason", "warning_reason", "error", "_error", "error_code")
    ends += ("error_flags", "bms_flags", "warnings_alarms")
    found = {name for kind in RECORDS for name in read(0, kind) if name.endswith(ends)}
    assert len(found) == 10, found
    for name in found:
        some = [value for value in (1, 2, 3, 1 << 9) if wrong(Reading(**{name: value}))]
        assert some, name
        assert not wrong(Reading(**{name: 0})), name


def test_alarms_and_warnings_of_one_field_are_told_apart():
    lynx = Reading(warnings_alarms=0b11_00_10_01)  # alarm, not available, warning, all is well
    assert wrong(lynx) == [
        ("device_alarm", "critical", 0b11_00_00_00),
        ("device_warning", "warning", 0b10_00),
    ]
    lithium = Reading(bms_flags=1 << 11 | 1 << 12 | 1 << 25)  # and charging is allowed
    assert wrong(lithium) == [
        ("device_alarm", "critical", 1 << 11),
        ("device_warning", "warning", 1 << 12),
    ]
    assert wrong(Reading(alarm=1)) == [("device_warning", "warning", 1)]
    assert wrong(Reading(alarm=2)) == [("device_alarm", "critical", 1)]


class Story:
    """One device's findings, second by second."""

    def __init__(self, kind="soc_low", severity="warning", limit=200):
        self.alarms = Alarms()
        self.kind = (kind, severity)
        self.limit = limit
        self.now = 0

    def go(self, verdict, seconds, value=150):
        for _ in range(seconds):
            self.now += 1
            self.alarms.take(MAC, self.kind + (verdict, value, self.limit), self.now)
        return self

    @property
    def states(self):
        return [one.state for one in self.alarms.untold()]


def test_what_lasts_is_raised_and_what_does_not_is_forgotten():
    assert Story().go(WRONG, 10).states == []
    assert Story().go(WRONG, 11).states == ["raised"]
    assert Story().go(WRONG, 10).go(FINE, 1).go(WRONG, 10).states == []
    assert Story().go(WRONG, 10).go(FINE, 1).alarms._alarms == []


def test_one_reading_alone_raises_nothing_however_long_ago_it_was():
    story = Story().go(WRONG, 1)
    story.now += 1000
    assert story.states == []
    assert story.go(WRONG, 1).states == ["raised"]


def test_a_voltage_may_be_pulled_down_for_a_minute():
    assert Story("voltage_low", "critical", 1150).go(WRONG, 60).states == []
    assert Story("voltage_low", "critical", 1150).go(WRONG, 61).states == ["raised"]


def test_an_alarm_is_over_when_the_value_has_been_well_back_for_a_while():
    story = Story().go(WRONG, 11).go(FINE, 10)
    assert story.states == ["raised"]
    assert story.go(0, 1).go(FINE, 10).states == ["raised"]  # once more near the limit
    assert story.go(FINE, 1).states == ["cleared"]


def test_what_is_over_is_gone_once_the_host_knows():
    story = Story().go(WRONG, 11).go(FINE, 11)
    story.alarms.tell(story.alarms.untold()[0])
    assert story.alarms.untold() == story.alarms.active() == []


def test_an_acknowledged_alarm_is_quiet_but_stands():
    story = Story("soc_critical", "critical").go(WRONG, 11)
    assert story.alarms.loudest() == "critical"
    assert story.alarms.acknowledge()
    assert story.alarms.loudest() == ""
    assert [one.state for one in story.alarms.active()] == ["acknowledged"]
    story.go(WRONG, 100)
    assert story.alarms.loudest() == ""
    assert not story.alarms.acknowledge()
    assert story.go(FINE, 11).states == ["cleared"]


def test_one_devices_alarms_can_be_acknowledged_alone():
    story = Story().go(WRONG, 11)
    assert not story.alarms.acknowledge(OTHER)
    assert story.alarms.acknowledge(MAC)


def test_a_further_bit_rings_again_and_a_vanished_one_does_not():
    story = Story("device_alarm", "critical", None).go(WRONG, 4, 1)
    assert story.states == ["raised"]
    story.alarms.acknowledge()
    assert story.go(WRONG, 3, 1).alarms.loudest() == ""
    assert story.go(WRONG, 1, 3).alarms.loudest() == "critical"
    story.alarms.acknowledge()
    assert story.go(WRONG, 3, 2).alarms.loudest() == ""
    assert story.go(WRONG, 3, 3).alarms.loudest() == ""  # one of them flutters


def test_another_error_code_rings_again():
    story = Story("charger_error", "warning", None).go(WRONG, 4, 17)
    story.alarms.acknowledge()
    assert story.go(WRONG, 2, 17).alarms.loudest() == ""
    assert story.go(WRONG, 1, 2).alarms.loudest() == "warning"


def test_the_worst_stands_first_and_what_nobody_noticed_before_what_somebody_did():
    alarms = Alarms()
    for number, (kind, severity) in enumerate(
        (("soc_critical", "critical"), ("soc_low", "warning"), ("voltage_low", "critical"))
    ):
        for now in (0, 100):
            alarms.take(bytes((number,)) * 6, (kind, severity, WRONG, 1, 2), now)
    alarms.acknowledge(bytes(6))
    assert [one.kind for one in alarms.active()] == ["voltage_low", "soc_low", "soc_critical"]


def test_more_alarms_than_fit_do_not_push_each_other_out():
    alarms = Alarms()
    for now in (0, 5, 11):
        for number in range(MOST_ALARMS + 10):
            alarms.take(bytes((number,)) * 6, ("soc_low", "warning", WRONG, 1, 2), now)
    assert len(alarms.active()) == len(alarms._alarms) == MOST_ALARMS
    assert alarms.overflown == 30


def test_a_suspicion_that_nothing_follows_gives_way():
    alarms = Alarms()
    for number in range(MOST_ALARMS):
        alarms.take(bytes((number,)) * 6, ("soc_low", "warning", WRONG, 1, 2), 0)
    for now in (599, 600, 601, 612):
        alarms.take(MAC, ("soc_low", "warning", WRONG, 1, 2), now)
    assert [one.mac for one in alarms.active()] == [MAC]
    assert len(alarms._alarms) == MOST_ALARMS


def test_a_forgotten_device_has_no_alarms():
    story = Story().go(WRONG, 11)
    story.alarms.take(OTHER, ("soc_low", "warning", WRONG, 1, 2), story.now)
    story.alarms.forget(MAC)
    story.alarms.forget(OTHER)
    assert story.states == ["cleared"]
    assert story.alarms.active() == []


def test_a_test_alarm_rings_and_goes_by_itself():
    alarms = Alarms()
    alarms.test(MAC, "critical", 50)
    assert alarms.loudest() == "critical"
    alarms.end_test(59)
    assert alarms.active()
    alarms.end_test(60)
    assert alarms.active() == []


def test_a_line_tells_value_and_limit_in_their_unit():
    story = Story().go(WRONG, 11, 185)
    assert story.alarms.untold()[0].line(15) == {
        "mac": "C03D5A89A301",
        "kind": "soc_low",
        "severity": "warning",
        "state": "raised",
        "since": 4,
        "value": 18.5,
        "limit": 20.0,
    }
