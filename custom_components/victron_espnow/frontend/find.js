/** Our devices and boards among everything that Home Assistant knows; nobody has to name an entity. */

/** @import { EntityState, HomeAssistant } from "./home_assistant.js" */
/** @import { Icon } from "./icons.js" */

export const PLATFORM = "victron_espnow";

/**
 * What a device is, by the first of these entities that it has.
 * @type {[string, Icon][]}
 */
const KINDS = [
  ["sensor.state_of_charge", "battery"],
  ["sensor.solar_power", "solar"],
  ["sensor.installation_power", "solar"],
  ["sensor.output_state", "loads"],
  ["sensor.output_voltage", "alternator"],
  ["sensor.ac_in_power", "charger"],
  ["sensor.charge_state", "charger"],
  ["sensor.ac_out_power", "loads"],
  ["sensor.ac_apparent_power", "loads"],
  ["sensor.balancer_status", "battery"],
  ["sensor.battery_voltage", "battery"], // and nothing else that says more: a Battery Sense
];

/** What a device is about, best first: its large number and its curve; as on OLED and page (firmware/display/summary.py). */
const MAIN = [
  "ac_out_power",
  "ac_apparent_power",
  "state_of_charge",
  "solar_power",
  "installation_power",
  "current",
  "output_current",
  "output_voltage",
  "battery_current",
  "battery_voltage",
  "input_voltage",
].map((name) => `sensor.${name}`);

/** Which kinds come first, and what comes behind them whatever its kind is; as on OLED and page, too. @type {Record<string, number>} */
const FIRST = { battery: 0, solar: 1, charger: 2, alternator: 2 };
const BEHIND = ["ac_out_power", "installation_power", "balancer_status"].map((name) => `sensor.${name}`);
const OTHER = 3;
const NOT_HEARD = 4;
const LAST_PLACE = 255; // protocol/key_digest.py

/** What a device gives or takes, best first. */
export const POWERS = ["solar_power", "output_power", "power", "battery_power", "ac_out_power", "ac_in_power"];

/**
 * A Victron device.
 * @typedef {object} Device
 * @property {string} id
 * @property {string} name
 * @property {Icon} kind
 * @property {string} main the key of what it is about; "" if it tells nothing
 * @property {Record<string, string>} entities entity ids by key: the kind of entity, a point, its translation key
 */

/**
 * One of our own boards.
 * @typedef {object} Board
 * @property {string} id
 * @property {string} name
 * @property {"usb" | "radio"} link what connects it: the display node by USB, a sensor node by radio
 * @property {Record<string, string>} entities
 */

/** @typedef {{ devices: Device[], boards: Board[] }} Found */

/**
 * Return our devices and boards, batteries and sources first.
 * @param {Pick<HomeAssistant, "entities" | "devices" | "states">} hass
 * @param {string[]} [only] ids of devices to look at; all of them otherwise
 * @returns {Found}
 */
export function find(hass, only) {
  /** @type {Map<string, Record<string, string>>} */
  const byDevice = new Map();
  for (const id in hass.entities) {
    const { platform, device_id: device, translation_key: key } = hass.entities[id];
    if (platform !== PLATFORM || !device || !key) continue;
    const entities = byDevice.get(device) ?? {};
    entities[`${id.split(".")[0]}.${key}`] = id;
    byDevice.set(device, entities);
  }
  /** @type {Found} */
  const found = { devices: [], boards: [] };
  for (const [id, entities] of byDevice) {
    const device = hass.devices[id];
    const name = device?.name_by_user || device?.name || "";
    const link = linkOf(entities);
    if (link) found.boards.push({ id, name, link, entities });
    else if (!only?.length || only.includes(id)) found.devices.push({ id, name, ...characterOf(entities), entities });
  }
  sort(found.devices, hass);
  found.boards.sort((one, other) => other.link.localeCompare(one.link) || one.name.localeCompare(other.name));
  return found;
}

const LINKS = /** @type {const} */ (["usb", "radio"]);

/** @param {Record<string, string>} entities */
const linkOf = (entities) => LINKS.find((link) => `binary_sensor.${link}_connection` in entities);

/**
 * @param {Record<string, string>} entities
 * @returns {{ kind: Icon, main: string }}
 */
function characterOf(entities) {
  const [, kind] = KINDS.find(([key]) => key in entities) ?? ["", /** @type {const} */ ("other")];
  return { kind, main: MAIN.find((key) => key in entities) ?? "" };
}

/**
 * Return where the user wants the device of this reading status; one without a place comes last.
 * @param {EntityState} [status]
 * @returns {number}
 */
export const placeOf = (status) => status?.attributes.place_on_display ?? LAST_PLACE;

/**
 * Sort devices by the places that the user chose, else by kinds and names; as OLED and page do.
 * @param {Device[]} devices
 * @param {Pick<HomeAssistant, "states">} hass
 */
export function sort(devices, { states }) {
  /** @param {Device} device */
  const rank = ({ id, name, kind, main, entities }) => {
    const place = placeOf(states[entities["sensor.reading_status"]]);
    const behind = BEHIND.some((key) => key in entities) ? OTHER : FIRST[kind];
    return String.fromCharCode(place, main ? (behind ?? OTHER) : NOT_HEARD) + name.toLowerCase() + "\0" + id;
  };
  return devices.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
}
