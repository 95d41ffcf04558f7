"""Which kinds of devices a scenario can name."""

from .ac_charger import AcCharger
from .battery_monitor import BatteryMonitor, BatterySense
from .battery_protect import BatteryProtect
from .combi import MultiRs, VeBus
from .dc_meter import DcMeter
from .dcdc import OrionTr, OrionXs
from .inverter import Inverter
from .lynx_bms import LynxBms
from .model import Model
from .smart_lithium import SmartLithium
from .solar_charger import SolarCharger

# kind: (model, product id, what it is called on the box)
KINDS: dict[str, tuple[type[Model], int, str]] = {
    "bmv_712": (BatteryMonitor, 0xA383, "BMV-712 Smart"),
    "smart_shunt": (BatteryMonitor, 0xA389, "SmartShunt 500A"),
    "battery_sense": (BatterySense, 0xA3A5, "Smart Battery Sense"),
    "smart_solar": (SolarCharger, 0xA075, "SmartSolar 75/15"),
    "ip22": (AcCharger, 0xA330, "Blue Smart IP22 12/30 (1)"),
    "ip22_3": (AcCharger, 0xA331, "Blue Smart IP22 12/30 (3)"),
    "orion_xs": (OrionXs, 0xA3F0, "Orion XS 12/12-50"),
    "orion_tr": (OrionTr, 0xA3D0, "Orion-Tr Smart 12/12-30"),
    "phoenix": (Inverter, 0xA2F1, "Phoenix 12/1200"),
    "smart_lithium": (SmartLithium, 0xA0E6, "Smart Lithium 12.8V/200Ah"),
    "battery_protect": (BatteryProtect, 0xA3B0, "Smart BatteryProtect 65A"),
    "lynx_bms": (LynxBms, 0xA3E5, "Lynx Smart BMS 500"),
    "multi_rs": (MultiRs, 0xA442, "Multi RS Solar 48/6000"),
    "ve_bus": (VeBus, 0x2608, "MultiPlus Compact 12/2000"),
    "dc_meter": (DcMeter, 0xA389, "SmartShunt as DC energy meter"),
}
_PRESETS: dict[str, dict[str, object]] = {"ip22_3": {"outputs": 3}}
_NAMED = ("phoenix", "multi_rs", "ve_bus")  # they add a load of their own, under their name


def presets(kind: str, name: str) -> dict[str, object]:
    """Return the options that a kind brings along."""
    own = {"name": name} if kind in _NAMED else {}
    return {**_PRESETS.get(kind, {}), **own}
