/** What `/api/state` says (docs/api.md), in the shape that is drawn. No element is touched here. */

import { age, current, decimal, duration, percentage, power, voltage, UNKNOWN } from "../../custom_components/victron_espnow/frontend/format.js";
import { withoutMains } from "../../custom_components/victron_espnow/frontend/system.js";

/** @import { Battery, Lost, Source, System } from "../../custom_components/victron_espnow/frontend/system.js" */
/** @import { Icon } from "../../custom_components/victron_espnow/frontend/icons.js" */
/** @import { Quantity } from "../../custom_components/victron_espnow/frontend/format.js" */
/** @import { TileData } from "../../custom_components/victron_espnow/frontend/tile.js" */
/** @import { Words } from "./words.js" */

/**
 * @typedef {object} DeviceState
 * @property {string} mac
 * @property {string} name
 * @property {"battery" | "solar" | "charger" | "other"} kind
 * @property {string} record
 * @property {number} rssi
 * @property {number} age_s
 * @property {string} cause
 * @property {Record<string, any>} [values] the most telling first
 */

/** @typedef {{ mac: string, name: string, rssi: number, age_s: number, lost: boolean, missed: number }} NodeState */

/**
 * @typedef {object} AlarmState
 * @property {string} mac
 * @property {string} kind
 * @property {"warning" | "critical"} severity
 * @property {"raised" | "acknowledged"} state
 * @property {number} since
 * @property {"device" | "radio"} [cause]
 * @property {number} [value]
 */

/**
 * @typedef {object} State
 * @property {string} name
 * @property {string} fw
 * @property {number} uptime_s
 * @property {boolean} provisioned
 * @property {number | null} host_s
 * @property {AlarmState[]} alarms
 * @property {DeviceState[]} devices
 * @property {NodeState[]} nodes
 */

const IDLE_W = 5;
const FROM_ALTERNATOR = ["dcdc_converter", "orion_xs"];
const STATES = ["device_state", "output_state"];
const OFF = 0;

/** What ends a field's name, and how its value is told. @type {[string, (value: number, language: string) => Quantity][]} */
const UNITS = [
  ["_w_m2", (value, language) => ({ value: decimal(value, 0, language), unit: "W/m²" })],
  ["_wh", (value, language) => ({ value: decimal(value / 1000, 2, language), unit: "kWh" })],
  ["_ah", (value, language) => ({ value: decimal(value, 1, language), unit: "Ah" })],
  ["_va", (value, language) => ({ value: decimal(value, 0, language), unit: "VA" })],
  ["_pct", percentage],
  ["_w", power],
  ["_v", voltage],
  ["_a", current],
  ["_c", (value, language) => ({ value: decimal(value, 0, language), unit: "°C" })],
  ["_min", (value) => ({ value: duration(value), unit: "" })],
  ["_s", (value) => ({ value: age(value), unit: "" })],
];

/** Battery Senses: who has told a voltage and no current. Once silent they tell neither. @type {Set<string>} */
const senses = new Set();

/**
 * Tell whether a device knows all of the battery. A Battery Sense knows its voltage only; one that was never heard may be a monitor.
 * @param {DeviceState} device
 */
function isMonitor({ mac, kind, values }) {
  if (values?.soc_pct !== undefined) return true;
  if (kind !== "battery") return false;
  if (values && values.battery_current_a === undefined) senses.add(mac);
  return !senses.has(mac);
}

/** @param {string} field */
const unitOf = (field) => UNITS.find(([end]) => field.endsWith(end)) ?? [""];

/**
 * Return what to call a field whose value has its unit: "battery voltage".
 * @param {string} field
 */
export const called = (field) => field.slice(0, field.length - unitOf(field)[0].length).replaceAll("_", " ");

/**
 * Return a value as people read it.
 * @param {string} field
 * @param {any} value
 * @param {string} language
 * @returns {Quantity}
 */
export function quantity(field, value, language) {
  const [, told] = unitOf(field);
  if (told && typeof value === "number") return told(value, language);
  return { value: value === undefined ? UNKNOWN : String(value), unit: "" };
}

/** Reads one answer, some seconds after it came. */
export class Reader {
  /**
   * @param {State} state
   * @param {Words} words
   * @param {string} language
   * @param {number} passed seconds since it came
   * @param {boolean} silent the node has stopped answering: nothing of it may look fresh
   */
  constructor(state, words, language, passed, silent) {
    this._state = state;
    this._words = words;
    this._language = language;
    this._passed = passed;
    this._silent = silent;
  }

  /** @returns {System} */
  system() {
    const devices = this._state.devices.filter(({ cause }) => !(cause in this._words.causes) && isDrawn(cause));
    const monitor = devices.find(isMonitor);
    const some = monitor ?? devices.find(({ values }) => voltageOf(values) !== null);
    const sources = devices.flatMap((device) => (device === monitor ? this._inputs(device) : this._source(device)));
    return { battery: some ? this._battery(some, some === monitor) : null, sources };
  }

  /**
   * @param {DeviceState} device
   * @param {boolean} whole a monitor knows all of the battery; a charger its voltage only
   * @returns {Battery}
   */
  _battery(device, whole) {
    const values = whole ? (device.values ?? {}) : {};
    const amperes = values.battery_current_a ?? null;
    const volts = voltageOf(device.values);
    return {
      id: device.mac,
      name: whole ? this.name(device) : this._words.battery,
      percent: values.soc_pct ?? null,
      voltage: volts,
      current: amperes,
      power: amperes === null || volts === null ? null : amperes * volts,
      minutes: values.ttg_min ?? null,
      lost: this.lost(device),
    };
  }

  /**
   * @param {DeviceState} device
   * @returns {Source[]}
   */
  _source(device) {
    const { kind, record, values } = device;
    if (kind === "solar") return [this._from(device, "solar", values?.pv_power_w)];
    if (FROM_ALTERNATOR.includes(record)) {
      return [this._from(device, "alternator", product(values, "output_voltage_v", "output_current_a"))];
    }
    if (kind === "charger") return [this._from(device, "charger", outputOf(values))];
    if (record === "dc_energy_meter" && values && values.monitor_mode < 0) {
      return [this._from(device, "alternator", product(values, "battery_voltage_v", "battery_current_a"))];
    }
    return this._inputs(device);
  }

  /**
   * Return what an inverter feeds in.
   * @param {DeviceState} device
   * @returns {Source[]}
   */
  _inputs(device) {
    const { pv_power_w: sun, ac_in_power_w: mains } = device.values ?? {};
    const found = [];
    if (sun !== undefined) found.push({ ...this._from(device, "solar", sun), name: this._words.solar });
    if (mains !== undefined) found.push({ ...this._from(device, "charger", mains), name: this._words.charger });
    return found;
  }

  /**
   * @param {DeviceState} device
   * @param {Source["kind"]} kind
   * @param {number | undefined} watts
   * @returns {Source}
   */
  _from(device, kind, watts) {
    const { mac, values } = device;
    const off = values?.device_state === OFF ? 0 : null;
    const volts = values?.output_voltage_v ?? null;
    const about = { power: watts ?? off, voltage: volts, state: this.word(device), lost: this.lost(device) };
    return { id: mac, kind, name: this.name(device), ...about };
  }

  /**
   * @param {DeviceState} device
   * @returns {TileData}
   */
  tile(device) {
    const { mac, values = {}, cause } = device;
    const lost = this.lost(device);
    const kind = iconOf(device);
    const silent = withoutMains({ kind, lost });
    const [main, ...others] = Object.keys(values);
    const age = this.age(device.age_s);
    const shown = lost || cause ? undefined : values[main];
    const alarms = this._state.alarms.filter((one) => one.mac === mac);
    const worst = alarms.find(({ severity }) => severity === "critical") ?? alarms[0];
    return {
      id: mac,
      name: this.name(device),
      kind,
      quantity: silent ? power(0, this._language) : quantity(main ?? "_w", shown, this._language),
      state: silent ? this._words.no_mains : lost || cause ? "" : [this.word(device), age].filter(Boolean).join(" · "),
      note: lost || cause ? "" : this._note(others.slice(0, 2), values),
      lost: silent ? "" : lost || (cause ? "key" : ""),
      cause: silent || !(lost || cause) ? "" : `${this._cause(lost, cause)} · ${this._words.ago.replace("{}", age)}`,
      alert: worst ? worst.severity : "",
      alertText: alarms.filter(({ kind }) => kind !== "no_data").map((one) => this.alarm(one)).join(", "),
    };
  }

  /**
   * @param {string[]} fields
   * @param {Record<string, any>} values
   */
  _note(fields, values) {
    if (values.yield_today_wh !== undefined) return this._words.today.replace("{}", this.told("yield_today_wh", values.yield_today_wh));
    const parts = fields.filter((field) => typeof values[field] === "number" && !STATES.includes(field));
    return parts.map((field) => this.told(field, values[field])).join(" · ");
  }

  /**
   * Return a value with its unit.
   * @param {string} field
   * @param {any} value
   */
  told(field, value) {
    const { value: text, unit } = quantity(field, value, this._language);
    return `${text} ${unit}`.trim();
  }

  /**
   * Return what an alarm is about.
   * @param {AlarmState} alarm
   */
  alarm({ kind, cause, value }) {
    if (cause) return this._words[cause];
    const word = this._words.alarms[kind] ?? kind.replaceAll("_", " ");
    const unit = kind.startsWith("soc") ? "_pct" : kind.startsWith("voltage") ? "_v" : "";
    return unit && value !== undefined ? `${word}: ${this.told(unit, value)}` : word;
  }

  /**
   * Return whose an alarm is.
   * @param {string} mac
   */
  owner(mac) {
    const device = this._state.devices.find((one) => one.mac === mac);
    if (device) return this.name(device);
    return this._state.nodes.find((one) => one.mac === mac)?.name || this._state.name;
  }

  /**
   * @param {Lost} lost
   * @param {string} cause
   */
  _cause(lost, cause) {
    if (lost === "usb") return this._words.usb;
    return this._words.causes[cause] ?? (lost ? this._words[lost] : cause.replaceAll("_", " "));
  }

  /** @param {DeviceState} device */
  name({ name, kind, record, mac }) {
    const what = kind === "other" ? record.replaceAll("_", " ") : this._words[kind];
    return name || `${what} ${mac.slice(-4)}`;
  }

  /**
   * Return what a device does, in the reader's words.
   * @param {DeviceState} device
   */
  word({ kind, values = {} }) {
    const state = STATES.find((one) => one in values);
    if (state) return this._words.states[values[state]] ?? "";
    const watts = kind === "battery" ? product(values, "battery_voltage_v", "battery_current_a") : undefined;
    if (watts === undefined) return "";
    if (Math.abs(watts) < IDLE_W) return this._words.idle;
    return watts > 0 ? this._words.charging : this._words.discharging;
  }

  /**
   * Return why a device has no fresh values.
   * @param {DeviceState} device
   * @returns {Lost}
   */
  lost({ cause }) {
    if (this._silent) return "usb";
    if (cause === "device" || cause === "radio") return cause;
    return cause.startsWith("key_") ? "key" : "";
  }

  /**
   * Return an age as it is by now.
   * @param {number} seconds when the answer came
   */
  age(seconds) {
    return age(seconds + this._passed);
  }
}

/** @param {string} cause */
const isDrawn = (cause) => !cause || cause === "device" || cause === "radio" || cause.startsWith("key_");

/**
 * @param {Record<string, any> | undefined} values
 * @returns {number | null}
 */
const voltageOf = (values) => values?.battery_voltage_v ?? values?.battery_voltage1_v ?? null;

/**
 * @param {Record<string, any> | undefined} values
 * @param {string} one
 * @param {string} other
 * @returns {number | undefined}
 */
function product(values, one, other) {
  const [a, b] = [values?.[one], values?.[other]];
  return a === undefined || b === undefined ? undefined : a * b;
}

/**
 * Return what a charger with up to three outputs gives.
 * @param {Record<string, any> | undefined} values
 */
function outputOf(values) {
  const outputs = [1, 2, 3].map((number) => product(values, `battery_voltage${number}_v`, `battery_current${number}_a`));
  const known = outputs.filter((one) => one !== undefined);
  return known.length ? known.reduce((sum, one) => sum + one, 0) : undefined;
}

/**
 * @param {DeviceState} device
 * @returns {Icon}
 */
const iconOf = ({ kind, record }) => (FROM_ALTERNATOR.includes(record) ? "alternator" : kind);
