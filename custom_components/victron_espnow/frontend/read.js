/** What Home Assistant's states say, in the shape that is drawn. No element is touched here. */

import { age, current, percentage, power, voltage, UNKNOWN } from "./format.js";
import { directionOf, withoutMains } from "./system.js";

/** @import { EntityState, HomeAssistant } from "./home_assistant.js" */
/** @import { Board, Device } from "./find.js" */
/** @import { Quantity } from "./format.js" */
/** @import { BoardData } from "./boards.js" */
/** @import { CardTexts } from "./card_texts.js" */
/** @import { Texts } from "./texts.js" */
/** @import { Battery, Lost, Source, System } from "./system.js" */
/** @import { TileData } from "./tile.js" */

/** @type {Record<string, Lost>} by the state of a device's reading status */
const LOST = {
  device_silent: "device",
  never_heard: "device",
  wrong_key: "key",
  radio_lost: "radio",
  link_lost: "usb",
};

/** What a unit has to be multiplied by to be ours: W, V, A, minutes. @type {Record<string, number>} */
const FACTORS = { kW: 1000, MW: 1e6, mW: 1e-3, mV: 1e-3, kV: 1000, mA: 1e-3, s: 1 / 60, h: 60, d: 1440, kVA: 1000 };

/** What gives power to the battery, and which entities add up to it. @type {[Source["kind"], string[]][]} */
const SOURCES = [
  ["solar", ["sensor.solar_power"]],
  ["charger", ["sensor.ac_in_power"]],
  ["alternator", ["sensor.output_power"]],
  ["charger", ["sensor.battery_power", "sensor.battery_2_power", "sensor.battery_3_power"]],
];

/** What a DC meter measures when it is no source. */
const METERED_SOURCES = ["solar_charger", "wind_charger", "shaft_generator", "alternator", "fuel_cell", "water_generator"];

/** What a tile tells beside its large number, the most telling first. */
const NOTES = [
  "battery_voltage",
  "voltage",
  "battery_current",
  "output_voltage",
  "input_voltage",
  "power",
  "ac_in_power",
].map((key) => `sensor.${key}`);

const STATES = ["charge_state", "device_state", "output_state", "meter_type", "balancer_status"].map((key) => `sensor.${key}`);

/** The entities that tell what is wrong, the worst first. @type {[string, TileData["alert"], string][]} */
const ALERTS = [
  ["binary_sensor.problem", "critical", "alarm"],
  ["binary_sensor.device_alarm", "critical", "alarm"],
  ["binary_sensor.device_error", "warning", "error"],
  ["binary_sensor.device_off", "warning", "warning"],
  ["binary_sensor.device_warning", "warning", "warning"],
];

/** Alarms of the display node that are no more than a warning. */
const MILD = ["soc_low", "device_warning", "charger_error", "device_error", "test"];

const NO_DATA = "no_data"; // that it is silent is said already

/** Reads the states of one moment. */
export class Reader {
  /**
   * @param {HomeAssistant} hass
   * @param {Texts & CardTexts} texts
   * @param {string} language of numbers
   * @param {number} now in ms
   */
  constructor(hass, texts, language, now) {
    this._hass = hass;
    this._texts = texts;
    this._language = language;
    this._now = now;
  }

  /**
   * Return the picture of all these devices.
   * @param {Device[]} devices
   * @returns {System}
   */
  system(devices) {
    const monitor = devices.find(({ entities }) => "sensor.state_of_charge" in entities);
    const sources = devices.flatMap((device) => (device === monitor ? this._inputs(device) : this._source(device)));
    const some = monitor ?? devices.find(({ entities }) => "sensor.battery_voltage" in entities);
    return { battery: some ? this._battery(some, some === monitor) : null, sources };
  }

  /**
   * @param {Device} device
   * @param {boolean} whole a monitor knows all of the battery; a charger its voltage only
   * @returns {Battery}
   */
  _battery(device, whole) {
    /** @param {string} key */
    const known = (key) => (whole ? this.number(device, `sensor.${key}`) : null);
    return {
      id: device.id,
      name: whole ? device.name : this._texts.battery,
      percent: known("state_of_charge"),
      voltage: this.number(device, "sensor.battery_voltage"),
      current: known("battery_current"),
      power: known("battery_power"),
      minutes: known("time_to_go"),
      lost: this.lost(device),
    };
  }

  /**
   * Return a device as a source, or nothing if it is none.
   * @param {Device} device
   * @returns {Source[]}
   */
  _source(device) {
    const metered = this.state(device, "sensor.meter_type");
    if (metered) return METERED_SOURCES.includes(metered) ? [this._from(device, "alternator", ["sensor.power"])] : [];
    if (device.kind === "loads" || device.kind === "other") return [];
    if (device.kind === "battery") return this._inputs(device); // what a second battery takes is no source's power
    const [kind, keys] = SOURCES.find(([, [key]]) => key in device.entities) ?? [];
    if (kind && keys) return [this._from(device, kind, keys)];
    return device.kind === "alternator" ? [this._from(device, "alternator", [])] : [];
  }

  /**
   * Return what a device feeds in that also knows the battery: an inverter with solar input, or with mains.
   * @param {Device} device
   * @returns {Source[]}
   */
  _inputs(device) {
    return SOURCES.slice(0, 2)
      .filter(([, [key]]) => key in device.entities)
      .map(([kind, keys]) => ({ ...this._from(device, kind, keys), name: this._texts[kind] }));
  }

  /**
   * @param {Device} device
   * @param {Source["kind"]} kind
   * @param {string[]} keys
   * @returns {Source}
   */
  _from(device, kind, keys) {
    const numbers = keys.map((key) => this.number(device, key)).filter((one) => one !== null);
    const off = this.state(device, "sensor.charge_state") === "off";
    const sum = numbers.length ? numbers.reduce((one, other) => one + other, 0) : off ? 0 : null;
    const volts = this.number(device, "sensor.output_voltage");
    const { id, name } = device;
    return { id, kind, name, power: sum, voltage: volts, state: this._word(device), lost: this.lost(device) };
  }

  /**
   * Return a device as a tile shows it.
   * @param {Device} device
   * @returns {TileData}
   */
  tile(device) {
    const lost = this.lost(device);
    const silent = withoutMains({ kind: device.kind, lost });
    const gone = lost && !silent;
    const { alert, alertText } = this._alert(device);
    return {
      id: device.id,
      name: device.name,
      kind: device.kind,
      quantity: this._quantity(device, silent, Boolean(lost)),
      state: silent ? this._texts.no_mains : lost ? "" : this._word(device),
      note: lost ? "" : this._note(device),
      lost: gone ? lost : "",
      cause: gone ? this._cause(device, lost) : "",
      alert,
      alertText,
    };
  }

  /**
   * @param {Device} device
   * @param {boolean} silent a charger without mains gives nothing
   * @param {boolean} lost
   */
  _quantity(device, silent, lost) {
    if (silent) return power(0, this._language);
    if (!device.main) return { value: lost ? UNKNOWN : "", unit: "" };
    return tell(device.main, lost ? null : this.number(device, device.main), this._language);
  }

  /** @param {Device} device */
  _word(device) {
    const direction = device.kind === "battery" && directionOf(this.number(device, "sensor.battery_power"));
    if (direction) return this._texts[direction];
    const key = STATES.find((one) => one in device.entities);
    const state = key && this._hass.states[device.entities[key]];
    return state && !isUnknown(state.state) ? this._hass.formatEntityState(state) : "";
  }

  /** @param {Device} device */
  _note(device) {
    const today = this._hass.states[device.entities["sensor.yield_today"]];
    if (today && !isUnknown(today.state)) return this._texts.today.replace("{}", this._hass.formatEntityState(today));
    const known = NOTES.filter((key) => key !== device.main && this.number(device, key) !== null);
    return known.slice(0, 2).map((key) => this._told(device, key)).join(" · ");
  }

  /**
   * Return a value with its unit.
   * @param {Device} device
   * @param {string} key
   */
  _told(device, key) {
    const { value, unit } = tell(key, this.number(device, key), this._language);
    return `${value} ${unit}`;
  }

  /**
   * @param {Device} device
   * @param {Lost} lost
   */
  _cause(device, lost) {
    const cause = lost && this._texts[lost];
    const seen = Date.parse(this.state(device, "sensor.last_seen"));
    if (Number.isNaN(seen)) return cause;
    return `${cause} · ${this._texts.ago.replace("{}", age((this._now - seen) / 1000))}`;
  }

  /**
   * @param {Device} device
   * @returns {Pick<TileData, "alert" | "alertText">}
   */
  _alert(device) {
    for (const [key, alert, word] of ALERTS) {
      const state = this._hass.states[device.entities[key]];
      if (state?.state !== "on") continue;
      const active = listOf(state).filter((one) => one !== NO_DATA);
      if (!active.length && listOf(state).length) continue;
      const mild = key === "binary_sensor.problem" && active.length && active.every((one) => MILD.includes(one));
      const level = mild ? "warning" : alert;
      const names = active.map((one) => this._reason(one)).filter(Boolean);
      const title = level === "warning" && word === "alarm" ? "warning" : word;
      const said = names.join(", ") || this._texts[/** @type {"alarm" | "warning" | "error"} */ (title)];
      return { alert: level, alertText: said };
    }
    return { alert: "", alertText: "" };
  }

  /** @param {string} slug */
  _reason(slug) {
    const root = "component.victron_espnow.entity.event";
    return (
      this._hass.localize(`${root}.alarm.state_attributes.kind.state.${slug}`) ||
      this._hass.localize(`${root}.device_reason.state_attributes.reason.state.${slug}`)
    );
  }

  /**
   * Return one of our boards: a sensor node tells how many devices it hears.
   * @param {Board} board
   * @returns {BoardData}
   */
  board(board) {
    const { id, name, link } = board;
    const connection = this.state(board, `binary_sensor.${link}_connection`);
    const there = connection === "on";
    const heard = this.number(board, "sensor.devices_heard");
    const fine = heard === null ? this._texts.connected : this._texts.hears.replace("{}", String(heard));
    const cause = isUnknown(connection) ? "usb" : link; // without the display node nobody knows of the others
    return { id, name, there, state: there ? fine : this._texts[cause] };
  }

  /**
   * Return why a device has no fresh values.
   * @param {Device} device
   * @returns {Lost}
   */
  lost(device) {
    return LOST[this.state(device, "sensor.reading_status")] ?? "";
  }

  /**
   * @param {{ entities: Record<string, string> }} device
   * @param {string} key
   * @returns {string}
   */
  state(device, key) {
    return this._hass.states[device.entities[key]]?.state ?? "";
  }

  /**
   * Return a number in W, V, A, % or minutes, whichever unit the user prefers; null when it is not known.
   * @param {{ entities: Record<string, string> }} device
   * @param {string} key
   * @returns {number | null}
   */
  number(device, key) {
    const state = this._hass.states[device.entities[key]];
    if (!state || isUnknown(state.state)) return null;
    const value = Number(state.state) * (FACTORS[state.attributes.unit_of_measurement] ?? 1);
    return Number.isFinite(value) ? value : null;
  }
}

/**
 * Return the value of an entity as people read it; how its key ends tells what it is.
 * @param {string} key
 * @param {number | null} value
 * @param {string} language
 * @returns {Quantity}
 */
function tell(key, value, language) {
  if (key.endsWith("charge")) return percentage(value, language);
  if (key.endsWith("voltage")) return voltage(value, language);
  if (key.endsWith("current")) return current(value, language);
  const { value: text, unit } = power(value, language);
  return { value: text, unit: key.endsWith("apparent_power") ? unit.replace("W", "VA") : unit };
}

/** @param {string} state */
const isUnknown = (state) => state === "" || state === "unknown" || state === "unavailable";

/** @param {EntityState} state @returns {string[]} */
const listOf = ({ attributes: { active } }) => (Array.isArray(active) ? active.map(String) : []);
