"""What the codes and flags of a record mean, for the faces; decoding needs none of this.

Each table is one text, a line a code: "code slug meaning". It stays text because a board keeps it
in memory. Slugs are those of Home Assistant's own `victron_ble` integration where it has the same
thing (it gathers several charger errors under one), so that its translations carry over. Every
list is open: UNDOCUMENTED is an answer, never an error. Source: docs/instant-readout.md
section 7.
"""

UNDOCUMENTED = "unknown_code"  # not "unknown": Home Assistant gives that state its own meaning

_DEVICE_STATE = """
0 off off
1 low_power low power
2 fault fault
3 bulk bulk
4 absorption absorption
5 float float
6 storage storage
7 equalize_manual equalize (manual)
8 pass_through pass-through
9 inverting inverting
10 assisting assisting
11 power_supply power supply
244 sustain sustain
245 starting_up starting up
246 repeated_absorption repeated absorption
247 recondition auto equalize / recondition
248 battery_safe battery safe
249 active active
250 blocked blocked
251 test test
252 external_control external control
"""

_CHARGER_ERROR = """
0 no_error no error
1 temperature_battery_high battery temperature too high
2 voltage_high battery voltage too high
3 remote_temperature_auto_reset battery temperature sensor miswired (+ high)
4 remote_temperature_auto_reset battery temperature sensor miswired (+ low)
5 remote_temperature_not_auto_reset battery temperature sensor lost
6 remote_battery battery voltage sense miswired (+ low)
7 remote_battery battery voltage sense miswired (- high)
8 remote_battery battery voltage sense lost
9 wire_losses battery wire losses too high
10 voltage_low battery voltage too low
11 high_ripple battery ripple voltage too high
12 soc_low battery state of charge low
13 midpoint_voltage battery mid-point voltage
14 temperature_battery_low battery temperature too low
15 battery_relay battery relay fault
16 no_battery no battery found
17 temperature_charger charger temperature too high
18 over_current charger over-current
19 current_reversed charger current reversed
20 bulk_time bulk time limit exceeded
21 current_sensor current sensor fault
22 internal_temperature internal temperature sensor miswired
23 internal_temperature internal temperature sensor lost
24 fan fan missing
25 fan_over_current fan over-current
26 overheated terminals overheated
27 short_circuit charger short circuit
28 converter_issue power stage fault
29 over_charge over-charge protection
31 input_voltage_range input voltage out of range
32 input_voltage_low input voltage too low
33 input_voltage input (PV) voltage too high
34 input_current input (PV) current too high
35 input_power input (PV) power too high
36 input_polarity input polarity
37 input_absent input voltage absent (mains lost, fuse)
38 input_shutdown_voltage input shutdown, battery over-voltage
39 input_shutdown_current input shutdown, current while off
40 input_shutdown_failure PV input failed to shut down
41 inverter_shutdown_pv_isolation inverter shutdown: PV isolation resistance
42 inverter_shutdown_pv_isolation inverter shutdown: PV residual current
43 inverter_shutdown_ground_fault inverter shutdown: ground fault
44 reserved_gx reserved for GX
45 reserved_gx reserved for GX
46 reserved_gx reserved for GX
47 reserved_gx reserved for GX
48 reserved_gx reserved for GX
49 reserved_gx reserved for GX
50 inverter_overload inverter overload
51 inverter_temperature inverter temperature too high
52 inverter_peak_current inverter peak current
53 inverter_output_voltage inverter output: internal DC level
54 inverter_output_voltage inverter output: AC level
55 inverter_self_test inverter self test: DC on output
56 inverter_self_test inverter self test: AC wrong
57 inverter_ac AC voltage present on inverter output
58 inverter_self_test inverter self test: bridge fault
59 ac_in_relay_test AC-in 1 relay test failed
60 ac_in_relay_test AC-in 2 relay test failed
65 communication warning: linked device lost
66 synchronisation warning: incompatible linked device
67 bms BMS connection lost
68 network network misconfigured: configuration mismatch
69 network network misconfigured: settings
70 network network misconfigured: device not capable
71 network network misconfigured: protocol version
72 phase_rotation phase rotation
73 several_ac_inputs several AC inputs
74 phase_overload phase overload / too many units in parallel
75 network network misconfigured: not supported
76 network_incomplete network incomplete
77 synchronisation_disabled settings synchronisation disabled
80 pv_input_shutdown PV input shutdown, slow over-voltage, manual reset
81 pv_input_shutdown PV input shutdown, fast over-voltage, manual reset
82 pv_input_shutdown PV input shutdown, extreme over-voltage, manual reset
83 pv_input_shutdown PV input shutdown, current while off, manual reset
84 pv_input_shutdown PV input shutdown, slow over-voltage
85 pv_input_shutdown PV input shutdown, fast over-voltage
86 pv_input_shutdown PV input shutdown, extreme over-voltage
87 pv_input_shutdown PV input shutdown, current while off
113 memory_write memory write failed
114 cpu_temperature CPU temperature too high
115 communication_lost communication lost
116 calibration_lost calibration data lost
117 firmware incompatible firmware
118 hardware incompatible hardware
119 settings settings invalid
120 reference_voltage reference voltage failed
121 tester_fail tester fail
122 history_invalid history data invalid
123 counters_invalid kWh counters invalid
150 battery_high_temperature_warning warning: battery temperature too high
151 battery_low_temperature_warning warning: battery temperature too low
160 charger_temperature_warning warning: charger temperature too high
161 charger_short_circuit_warning warning: charger short circuit
162 power_stage_warning warning: power stage
180 pre_charge pre-charge failed
200 internal_dc_voltage internal DC voltage (under-voltage)
201 internal_dc_voltage internal DC voltage (DC/DC)
202 self_test PV residual current sensor self test
203 internal_supply internal 3.3 V supply
205 internal_supply internal 5 V supply
212 internal_supply internal 12 V supply
215 internal_supply internal 15 V supply
220 solar_relay solar relay fault
221 solar_short_protection solar short protection
222 solar_connect solar connect failed
"""

_BMS_ERROR = """
0 no_error no error
1 battery_initialisation battery initialisation
2 no_battery no battery
3 unknown_battery unknown battery
4 battery_type different battery types
5 number_of_batteries wrong number of batteries
6 lynx_shunt_not_found Lynx Shunt not found
7 measurement measurement
8 calculation calculation
9 number_in_series wrong number in series
10 number_of_batteries wrong number of batteries
11 hardware hardware
12 watchdog watchdog
13 over_voltage over-voltage
14 under_voltage under-voltage
15 over_temperature over-temperature
16 under_temperature under-temperature
17 io_expander I/O expander
18 under_charge_standby under-charge standby
19 reserved reserved
20 contactor_start_up contactor at start-up
21 reserved reserved
22 adc ADC
23 battery_communication battery communication
24 reserved reserved
25 pre_charge pre-charge
26 contactor contactor
27 reserved reserved
28 battery_update battery update
29 battery_update_unavailable battery update not possible
30 calibration_lost calibration lost
31 settings settings invalid
32 bms_cable BMS cable
33 reference_voltage reference voltage
34 system_voltage wrong system voltage
35 pre_charge_timeout pre-charge timeout
36 charge_discharge_signal charge/discharge signal failure
37 interlock interlock
38 emergency_stop emergency stop
39 communication_timeout communication timeout
40 safety_lock safety lock
41 terminal_over_temperature terminal over-temperature
116 calibration_lost calibration lost
119 settings settings invalid
"""

_VEBUS_ERROR = """
0 no_error no error
1 other_phase_off switched off with another phase
2 mixed_mk2 old and new MK2 mixed
3 number_of_devices unexpected number of devices
4 no_other_device no other device
5 over_voltage_ac_out over-voltage on AC out
6 ddc_program DDC program
7 bms_without_assistant VE.Bus BMS without assistant
8 ground_relay_test ground relay test
10 time_synchronisation time synchronisation
11 grid_relay_test grid relay test
12 second_controller_mismatch mismatch with second controller
14 transmit_error transmit error
16 waiting_for_configuration waiting for configuration or dongle missing
17 phase_master_missing phase master missing
18 over_voltage over-voltage has occurred
19 slave_without_ac slave without AC input
22 cannot_be_slave device cannot be slave
24 switch_over_protection switch-over protection
25 firmware firmware incompatible
26 internal internal
128 relay_test relay test prevents connection
"""

_MONITOR_MODE = """
-9 solar_charger solar charger
-8 wind_charger wind charger
-7 shaft_generator shaft generator
-6 alternator alternator
-5 fuel_cell fuel cell
-4 water_generator water generator
-3 dc_dc_charger DC/DC charger
-2 ac_charger AC charger
-1 generic_source generic source
0 battery_monitor battery monitor
1 generic_load generic load
2 electric_drive electric drive
3 fridge fridge
4 water_pump water pump
5 bilge_pump bilge pump
6 dc_system DC system
7 inverter inverter
8 water_heater water heater
"""

# field: table
STATES = {
    "device_state": _DEVICE_STATE,
    "charger_error": _CHARGER_ERROR,
    "error_code": _CHARGER_ERROR,  # of the Battery Protect; SolarSense's own codes are unpublished
    "error": _BMS_ERROR,
    "vebus_error": _VEBUS_ERROR,
    "monitor_mode": _MONITOR_MODE,
    "aux_mode": """
0 starter_voltage starter voltage
1 midpoint_voltage mid-point voltage
2 temperature temperature
3 none none
""",
    "active_ac_in": """
0 ac_in_1 AC in 1
1 ac_in_2 AC in 2
2 not_connected not connected
""",
    "alarm": """
0 no_alarm no alarm
1 warning warning
2 alarm alarm
""",
    "balancer_status": """
0 not_determined unknown (charge once to 100 %)
1 balanced balanced
2 balancing balancing
3 imbalance imbalance
""",
    # Only 0 and 1 were ever measured; other decoders disagree about 4 (off or on).
    "output_state": """
0 off off
1 on on
""",
}

_ALARM_REASON = """
0 low_voltage low voltage
1 high_voltage high voltage
2 low_soc low state of charge
3 low_starter_voltage low starter voltage
4 high_starter_voltage high starter voltage
5 low_temperature low temperature
6 high_temperature high temperature
7 mid_voltage mid-point voltage
8 overload overload
9 dc_ripple DC ripple
10 low_v_ac_out low AC output voltage
11 high_v_ac_out high AC output voltage
12 short_circuit short circuit
13 bms_lockout BMS lockout
"""

# field: table of bits
FLAGS = {
    "alarm_reason": _ALARM_REASON,
    "warning_reason": _ALARM_REASON,
    "off_reason": """
0 no_input_power no input power
1 switched_off_switch power switch
2 switched_off_register switched off in the app
3 remote_input remote input
4 protection_active protection active
5 pay_as_you_go_out_of_credit pay-as-you-go credit used up
6 bms BMS
7 engine_shutdown engine-shutdown detection
8 analysing_input_voltage analysing input voltage
9 battery_temperature_low battery temperature too low
""",
    "bms_flags": """
0 charged charged
1 almost_charged almost charged
2 discharged discharged
3 almost_discharged almost discharged
4 charging charging
5 discharging discharging
6 balancing balancing
7 safety_contactor safety contactor enabled
9 over_voltage_alarm over-voltage alarm
10 over_voltage_warning over-voltage warning
11 under_voltage_alarm under-voltage alarm
12 under_voltage_warning under-voltage warning
13 charge_over_current_warning charge over-current warning
14 discharge_over_current_warning discharge over-current warning
15 over_temperature_alarm over-temperature alarm
16 over_temperature_warning over-temperature warning
17 charge_under_temperature_warning under-temperature warning, charge
18 charge_under_temperature_alarm under-temperature alarm, charge
19 discharge_under_temperature_warning under-temperature warning, discharge
20 discharge_under_temperature_alarm under-temperature alarm, discharge
22 under_temperature_alarm under-temperature alarm
24 hardware_failure hardware failure
25 charge_allowed charging allowed
26 discharge_allowed discharging allowed
""",
    "error_flags": "",  # the bits are not published
}

# field: table of 2-bit levels by their lower bit
LEVELS = {
    "io_status": """
2 charge_allowed charge allowed
4 discharge_allowed discharge allowed
6 external_relay external relay
""",
    "warnings_alarms": """
0 low_cell_voltage low cell voltage
2 high_current high current
4 high_internal_temperature high internal temperature
6 contactor contactor
8 bms_cable BMS cable
10 load_disconnect load disconnect
12 low_soc low state of charge
16 high_temperature high temperature
""",
}


def state_slug(field: str, value: "int | None") -> "str | None":
    """The translation key of a state; UNDOCUMENTED, or None if not available."""
    if value is None:
        return None
    slug, _ = _entry(STATES[field], value)
    return slug or UNDOCUMENTED


def state_slugs(field: str) -> "list[str]":
    """Every slug `state_slug` can give for the field, each once."""
    return _slugs(STATES[field]) + [UNDOCUMENTED]


def flag_slugs(field: str, mask: int) -> "tuple[str, ...]":
    """The translation keys of the flags that are set; UNDOCUMENTED stands for all others."""
    slugs = []
    for bit in _bits(mask):
        slug = _entry(FLAGS[field], bit)[0] or UNDOCUMENTED
        if slug not in slugs:
            slugs.append(slug)
    return tuple(slugs)


def all_flag_slugs(field: str) -> "list[str]":
    """Every slug `flag_slugs` can give for the field, each once."""
    return _slugs(FLAGS[field]) + [UNDOCUMENTED]


def levels(field: str, value: int) -> "dict[str, int]":
    """The 2-bit levels (0..3, 0 = not available) of Lynx's `io_status` or `warnings_alarms`."""
    found = {}
    for line in LEVELS[field].split("\n"):
        if line:
            bit, slug, _ = line.split(" ", 2)
            found[slug] = value >> int(bit) & 3
    return found


def _entry(table: str, code: int) -> "tuple[str, str]":
    """The slug and the meaning of a code, both empty if the table lacks it."""
    key = "\n%d " % code
    at = table.find(key)
    if at < 0:
        return "", ""
    at += len(key)
    slug, name = table[at : table.find("\n", at)].split(" ", 1)
    return slug, name


def _slugs(table: str) -> "list[str]":
    slugs: "list[str]" = []
    for line in table.split("\n"):
        if line and line.split(" ", 2)[1] not in slugs:
            slugs.append(line.split(" ", 2)[1])
    return slugs


def _bits(mask: int) -> "list[int]":
    return [bit for bit in range(32) if mask >> bit & 1]
