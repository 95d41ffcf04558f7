"""One electrical world: what the devices say adds up, and a day goes as days go."""

from datetime import datetime, timedelta
from random import Random

import pytest

from simulator.victron import sun
from simulator.victron.ac_charger import AcCharger
from simulator.victron.battery import open_circuit
from simulator.victron.battery_monitor import BatteryMonitor
from simulator.victron.battery_protect import BatteryProtect
from simulator.victron.combi import VeBus
from simulator.victron.dcdc import ENGINE_OFF, OrionXs
from simulator.victron.plant import Plant
from simulator.victron.smart_lithium import SmartLithium
from simulator.victron.solar_charger import SolarCharger
from simulator.victron.stages import ABSORPTION, BULK, FLOAT, OFF, STORAGE

START = datetime(2026, 6, 21, 6, 0)
_FRIDGE = {"fridge": {"kind": "fridge", "watts": 55}}


def plant(start: datetime = START, **options) -> Plant:
    battery = {"capacity_ah": 200, "soc": 0.6} | options.pop("battery", {})
    return Plant(Random(3), start, battery, options.pop("loads", _FRIDGE), **options)


def part(found: Plant, name: str, model, *arguments, **options):
    """Put a device into the plant."""
    device = found.parts[name] = model(found, Random(name), *arguments, **options)
    return device


def after(found: Plant, hours: float) -> datetime:
    """Let some hours pass."""
    found.go_to(found.when + timedelta(hours=hours))
    return found.when


# currents, voltages, energy


def test_the_currents_of_all_devices_add_up_to_that_of_the_shunt():
    world = plant(shore=True)
    solar = part(world, "solar", SolarCharger)
    mains = part(world, "mains", AcCharger)
    monitor = part(world, "monitor", BatteryMonitor)
    for _ in range(48):
        after(world, 0.25)
        given = solar.values()["battery_current_a"] + mains.values()["battery_current1_a"]
        shown = monitor.values()["battery_current_a"]
        assert shown == pytest.approx(given - world.load_amps, abs=0.15 + 0.02 * given)


def test_every_device_shows_the_same_voltage_but_for_its_own_error():
    world = plant(clouds=0)
    devices = [part(world, str(number), BatteryMonitor) for number in range(8)]
    after(world, 1)
    shown = [device.values()["battery_voltage_v"] for device in devices]
    assert max(shown) - min(shown) < 0.06
    assert len({round(one, 3) for one in shown}) > 1
    assert sum(shown) / len(shown) == pytest.approx(world.volts, abs=0.02)


def test_energy_is_neither_made_nor_lost():
    world = plant(shore=True, clouds=0.4)
    part(world, "solar", SolarCharger, 300, 30)
    part(world, "mains", AcCharger)
    after(world, 24)
    energy = world.energy
    assert sum(energy.by_source.values()) > 500
    assert sum(energy.by_source.values()) == pytest.approx(energy.loads + energy.stored, abs=0.5)
    assert 0 < world.battery.loss_wh < 0.05 * sum(energy.by_source.values())


def test_a_current_that_nobody_counts_would_be_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Plant, "battery_amps", property(lambda self: self.fed_amps))
    with pytest.raises(AssertionError):
        test_the_currents_of_all_devices_add_up_to_that_of_the_shunt()
    with pytest.raises(AssertionError):
        test_energy_is_neither_made_nor_lost()


def test_the_length_of_a_step_changes_little():
    fast, slow = plant(clouds=0.3), plant(clouds=0.3)
    for one in (fast, slow):
        part(one, "solar", SolarCharger)
    after(fast, 6)
    for _ in range(6 * 3600):
        after(slow, 1 / 3600)
    assert fast.battery.soc == pytest.approx(slow.battery.soc, abs=0.003)


def test_the_same_seed_makes_the_same_day():
    one, other = plant(clouds=0.5), plant(clouds=0.5)
    for world in (one, other):
        part(world, "solar", SolarCharger)
        after(world, 8)
    assert (one.volts, one.battery.soc) == (other.volts, other.battery.soc)


# sun


def test_the_sun_is_highest_at_noon_and_higher_in_summer():
    def noon(month: int) -> float:
        return sun.clear_sky(sun.elevation(datetime(2026, month, 21, 12), 52))

    assert 850 < noon(6) < 1000
    assert 150 < noon(12) < 300
    assert sun.clear_sky(sun.elevation(datetime(2026, 6, 21, 1), 52)) == 0


def test_clouds_come_and_go_and_cost_yield():
    def day(clouds: float) -> float:
        world = plant(clouds=clouds, loads={}, battery={"soc": 0.1})
        solar = part(world, "solar", SolarCharger, 200, 15)
        after(world, 14)
        return solar.yield_wh

    clear, half, dull = day(0), day(0.5), day(1)
    assert 1000 < clear < 1700  # 200 Wp flat on a roof in June: 5 to 8 Wh for each Wp
    assert 0.45 * clear < half < 0.9 * clear
    assert dull < 0.6 * clear


# battery


def test_the_open_circuit_curve_is_flat_in_the_middle_and_rises_everywhere():
    curve = [open_circuit(soc / 1000) for soc in range(1010)]
    assert curve == sorted(curve)
    assert open_circuit(0.8) - open_circuit(0.3) < 0.08
    assert open_circuit(0.1) - open_circuit(0.0) > 0.5


def test_a_load_pulls_the_voltage_down_and_rest_brings_it_back_slowly():
    world = plant(loads={"kettle": {"watts": 1000, "on": False}})
    rest = world.volts
    world.loads["kettle"].on = True
    after(world, 0.1)
    loaded = world.volts
    world.loads["kettle"].on = False
    after(world, 0.003)
    back = world.volts
    after(world, 2)
    assert rest - 1.2 < loaded < rest - 0.4
    assert loaded < back < world.volts <= rest


def test_charging_is_refused_in_the_frost():
    world = plant(temperature=-8, shore=True)
    mains = part(world, "mains", AcCharger)
    lithium = part(world, "cells", SmartLithium)
    after(world, 1)
    assert mains.values()["battery_current1_a"] < 0.2
    flags = lithium.values()["bms_flags"]
    assert not flags >> 25 & 1  # charging allowed
    assert flags >> 26 & 1  # discharging allowed


# chargers


def test_a_charger_goes_through_bulk_absorption_float_and_storage():
    world = plant(shore=True, battery={"soc": 0.9})
    mains = part(world, "mains", AcCharger)
    seen, volts = [], {}
    for _ in range(14 * 60):
        after(world, 1 / 60)
        state = mains.values()["device_state"]
        volts[state] = world.volts
        if not seen or seen[-1] != state:
            seen.append(state)
    assert seen == [BULK, ABSORPTION, FLOAT, STORAGE]
    assert volts[ABSORPTION] == pytest.approx(14.2, abs=0.05)
    assert volts[STORAGE] == pytest.approx(13.5, abs=0.05)


def test_a_large_load_under_float_brings_bulk_back():
    loads = {"heater": {"watts": 900, "on": False}}
    world = plant(shore=True, battery={"soc": 0.99}, loads=loads)
    mains = part(world, "mains", AcCharger)
    after(world, 4)
    assert mains.state == FLOAT
    world.loads["heater"].on = True
    after(world, 0.5)
    assert mains.state == BULK


def test_the_yield_grows_by_day_stands_at_night_and_begins_anew_at_midnight():
    world = plant(clouds=0)
    solar = part(world, "solar", SolarCharger)
    found = [(after(world, 0.5), solar.values()) for _ in range(42)]
    before = [values["yield_today_wh"] for when, values in found if when.day == 21]
    assert before == sorted(before)
    assert before[-1] > 800
    assert before[-1] == before[-3]
    assert next(values for when, values in found if when.day == 22)["yield_today_wh"] == 0


def test_a_solar_charger_is_off_at_night():
    world = plant(datetime(2026, 6, 21, 0, 30))
    solar = part(world, "solar", SolarCharger)
    after(world, 1)
    values = solar.values()
    assert (values["device_state"], values["pv_power_w"]) == (OFF, 0)
    assert values["load_current_a"] is None


def test_the_load_output_counts_and_can_make_the_chargers_current_negative():
    world = plant(datetime(2026, 6, 21, 0, 30), loads={"light": {"watts": 13}})
    solar = part(world, "solar", SolarCharger, loads=("light",))
    after(world, 1)
    values = solar.values()
    assert values["load_current_a"] == pytest.approx(1, abs=0.1)
    assert values["battery_current_a"] == pytest.approx(-values["load_current_a"], abs=0.1)


def test_an_orion_works_while_the_engine_runs():
    world = plant()
    orion = part(world, "orion", OrionXs)
    after(world, 0.1)
    assert orion.values()["off_reason"] == ENGINE_OFF
    world.engine.running = True
    after(world, 0.1)
    values = orion.values()
    assert values["off_reason"] == 0
    assert values["output_current_a"] == pytest.approx(50)
    power_in = values["input_voltage_v"] * values["input_current_a"]
    assert values["output_voltage_v"] * 50 == pytest.approx(0.94 * power_in, rel=0.02)


def test_an_ip22_lives_from_the_mains():
    world = plant()
    mains = part(world, "mains", AcCharger)
    assert not mains.powered
    world.shore.plugged = True
    assert mains.powered


def test_a_power_supply_feeds_its_own_loads_and_not_the_bank():
    world = plant(shore=True, loads={"bench": {"watts": 52}})
    supply = part(world, "supply", AcCharger, power_supply=True, loads=("bench",))
    after(world, 0.1)
    values = supply.values()
    assert values["device_state"] == 11
    assert values["battery_current1_a"] == pytest.approx(4.06, abs=0.2)
    assert world.battery_amps == pytest.approx(0, abs=0.01)


def test_three_outputs_show_the_starter_battery_and_an_empty_one():
    world = plant(shore=True)
    mains = part(world, "mains", AcCharger, outputs=3)
    after(world, 0.2)
    values = mains.values()
    assert 0 < values["battery_current2_a"] <= 3
    assert values["battery_current3_a"] == 0
    assert values["ac_current_a"] > 1


def test_a_multiplus_passes_shore_power_on_and_inverts_without():
    world = plant(loads={"kettle": {"watts": 1000}})
    multi = part(world, "multi", VeBus, loads=("kettle",))
    after(world, 0.1)
    alone = multi.values()
    assert alone["battery_current_a"] < -70
    assert alone["active_ac_in"] == 2
    world.shore.plugged = True
    after(world, 0.1)
    plugged = multi.values()
    assert plugged["battery_current_a"] > 50
    assert plugged["ac_in_power_w"] > plugged["ac_out_power_w"] + 600
    assert plugged["ac_out_power_w"] == pytest.approx(alone["ac_out_power_w"], rel=0.05)


# what a monitor believes


def test_a_monitor_counts_what_flows_and_is_right_again_when_full():
    world = plant(shore=True, battery={"soc": 0.5})
    monitor = part(world, "monitor", BatteryMonitor)
    part(world, "mains", AcCharger)
    after(world, 2)
    values = monitor.values()
    assert values["soc_pct"] == pytest.approx(100 * world.battery.soc, abs=1.5)
    assert values["consumed_ah"] == pytest.approx((values["soc_pct"] / 100 - 1) * 200, abs=0.1)
    assert values["ttg_min"] is None
    monitor.counter.consumed -= 30  # a monitor that has drifted
    after(world, 2.5)
    assert monitor.values()["soc_pct"] == pytest.approx(100 * world.battery.soc, abs=1)


def test_time_to_go_is_what_is_left_at_the_present_discharge():
    world = plant(loads={"lamp": {"watts": 65}})
    monitor = part(world, "monitor", BatteryMonitor)
    after(world, 1)
    values = monitor.values()
    left = 0.9 * 200 + values["consumed_ah"]
    assert values["ttg_min"] == pytest.approx(60 * left / -values["battery_current_a"], rel=0.03)


def test_alarms_come_together_and_go_with_hysteresis():
    world = plant(battery={"soc": 0.03}, loads={"lamp": {"watts": 300, "on": False}})
    monitor = part(world, "monitor", BatteryMonitor, low_voltage=12.2, low_soc=10)
    world.loads["lamp"].on = True
    after(world, 0.05)
    assert monitor.values()["alarm_reason"] == 0b101
    world.battery.soc = 0.6
    world.loads["lamp"].on = False
    after(world, 0.05)
    assert monitor.values()["alarm_reason"] == 0b100  # counted charge does not know better


def test_a_battery_protect_warns_cuts_and_connects_again():
    world = plant(battery={"soc": 0.02}, loads={"lamp": {"watts": 120}})
    protect = part(world, "protect", BatteryProtect, loads=("lamp",))
    after(world, 0.01)
    world.battery.soc = 0.001
    after(world, 0.01)
    warned = protect.values()
    assert (warned["output_state"], warned["warning_reason"], warned["alarm_reason"]) == (1, 1, 0)
    after(world, 0.05)
    cut = protect.values()
    assert (cut["output_state"], cut["alarm_reason"], cut["off_reason"]) == (0, 1, 0x10)
    assert world.load_amps == 0
    world.battery.soc = 0.6
    after(world, 0.05)
    assert protect.values()["output_state"] == 1


def test_cells_stay_together_in_the_middle_and_part_near_full_where_they_are_balanced():
    world = plant(shore=True, battery={"soc": 0.6}, loads={})
    cells = part(world, "cells", SmartLithium)
    after(world, 0.1)
    middle = [cells.values()[f"cell_{index}_v"] for index in range(4)]
    assert sum(middle) == pytest.approx(world.volts, abs=0.05)
    assert cells.values()["balancer_status"] == 0
    part(world, "mains", AcCharger)
    states = set()
    for _ in range(400):
        after(world, 0.01)
        states.add(cells.values()["balancer_status"])
    assert 2 in states
