/**
 * What is drawn, whoever it comes from: the card makes it of Home Assistant's entities, the node's page of `/api/state`.
 *
 * Powers in W, voltages in V, currents in A, positive into the battery; null is "not known". What a number means to the
 * eye is the same on the OLED, with thresholds of Victron's own screens: victronenergy/gui-v2, src/theme.cpp (a falling
 * percentage warns at 20 and is critical at 10), components/widgets (nothing flows below 30 W).
 */

/**
 * Why there is no fresh value: there is one; the Victron device is silent; its key does not fit; the sensor node is
 * silent; the display node is not connected.
 * @typedef {"" | "device" | "key" | "radio" | "usb"} Lost
 */

/**
 * @typedef {object} Battery
 * @property {string} id
 * @property {string} name
 * @property {number | null} percent state of charge
 * @property {number | null} voltage
 * @property {number | null} current
 * @property {number | null} power
 * @property {number | null} minutes to go until empty
 * @property {Lost} lost
 */

/**
 * @typedef {object} Source
 * @property {string} id
 * @property {"solar" | "charger" | "alternator"} kind
 * @property {string} name
 * @property {number | null} power
 * @property {number | null} voltage what is told in its place: some converters measure no current
 * @property {string} state in the reader's words; "" when there is none
 * @property {Lost} lost
 */

/**
 * @typedef {object} System
 * @property {Battery | null} battery
 * @property {Source[]} sources
 */

/**
 * Tell whether a source is a mains charger without mains: it is silent then, which is no fault.
 * @param {{ kind: string, lost: Lost }} source
 * @returns {boolean}
 */
export function withoutMains({ kind, lost }) {
  return kind === "charger" && lost === "device";
}

const IDLE_W = 5; // neither charging nor discharging, as far as people care

/**
 * Return what a power into a battery does.
 * @param {number | null} watts
 * @returns {"" | "charging" | "discharging" | "idle"}
 */
export function directionOf(watts) {
  if (watts === null) return "";
  if (Math.abs(watts) < IDLE_W) return "idle";
  return watts > 0 ? "charging" : "discharging";
}

/**
 * Return the sources that give nobody knows how much, though they are heard.
 * @param {System} system
 * @returns {Source[]}
 */
export const unmeasured = ({ sources }) => sources.filter(({ power, lost }) => power === null && !lost);

/**
 * Return what the loads take, in W: whatever the sources give and the battery does not take.
 *
 * null when the battery, or a source that should count, is not known; what measuring errors make negative is 0.
 * @param {System} system
 * @returns {number | null}
 */
export function loadPower({ battery, sources }) {
  if (!battery || battery.lost || battery.power === null) return null;
  let given = 0;
  for (const source of sources) {
    if (withoutMains(source)) continue;
    if (source.lost || source.power === null) return null;
    given += source.power;
  }
  return Math.max(0, given - battery.power);
}

/** Below this, in W, nothing is drawn as flowing: a charger's own consumption is no news. */
export const FLOW_THRESHOLD_W = 30;

const WARNING_PCT = 20;
const CRITICAL_PCT = 10;

/** @typedef {"fine" | "warning" | "critical" | "unknown"} Level */

/**
 * Return what a state of charge in % means.
 * @param {number | null} percent
 * @returns {Level}
 */
export function levelOf(percent) {
  if (percent === null) return "unknown";
  if (percent <= CRITICAL_PCT) return "critical";
  return percent <= WARNING_PCT ? "warning" : "fine";
}

/**
 * Tell whether a power in W is worth drawing as a flow.
 * @param {number | null} power
 * @returns {power is number}
 */
export function flows(power) {
  return power !== null && Math.abs(power) > FLOW_THRESHOLD_W;
}
