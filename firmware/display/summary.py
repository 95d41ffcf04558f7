"""What is worth showing of a device: one table, from which OLED pages and web page choose alike."""

BATTERY, SOLAR, CHARGER, OTHER = KINDS = ("battery", "solar", "charger", "other")

POWER = "power_w"  # in no record: a battery's voltage times its current (readings.power_w)

# record type: (kind, main field, secondary fields, the most telling first, field of the state or "")
TABLE = {
    0x00: (OTHER, "uptime_s", ("temperature_c",), ""),
    0x01: (
        SOLAR,
        "pv_power_w",
        ("yield_today_wh", "battery_voltage_v", "battery_current_a"),
        "device_state",
    ),
    0x02: (BATTERY, "soc_pct", ("battery_voltage_v", "battery_current_a", POWER, "ttg_min"), ""),
    0x03: (OTHER, "ac_apparent_power_va", ("battery_voltage_v", "ac_voltage_v"), "device_state"),
    0x04: (CHARGER, "output_voltage_v", ("input_voltage_v",), "device_state"),
    0x05: (OTHER, "battery_voltage_v", ("battery_temperature_c",), "balancer_status"),
    0x06: (OTHER, "ac_out_power_w", ("pv_power_w", "battery_voltage_v"), "device_state"),
    0x08: (
        CHARGER,
        "battery_current1_a",
        ("battery_voltage1_v", "temperature_c"),
        "device_state",
    ),
    0x09: (OTHER, "output_voltage_v", ("input_voltage_v",), "output_state"),
    0x0A: (BATTERY, "soc_pct", ("battery_voltage_v", "battery_current_a", POWER, "ttg_min"), ""),
    0x0B: (OTHER, "ac_out_power_w", ("ac_in_power_w", "battery_voltage_v"), "device_state"),
    0x0C: (OTHER, "ac_out_power_w", ("ac_in_power_w", "battery_voltage_v"), "device_state"),
    0x0D: (OTHER, "battery_current_a", ("battery_voltage_v", POWER), "monitor_mode"),
    0x0F: (CHARGER, "output_current_a", ("output_voltage_v", "input_voltage_v"), "device_state"),
    0xFF01: (OTHER, "installation_power_w", ("yield_today_wh", "irradiance_w_m2"), ""),
}


def rank(keys, mac: bytes, record_type: int) -> tuple:
    """Return what devices are sorted by: their places, else their kinds and names, as the card does it (find.js)."""
    row = TABLE.get(record_type)
    kind = KINDS.index(row[0]) if row else len(KINDS)
    return keys.place_of(mac), kind, keys.name_of(mac).lower(), mac
