/** Our devices and boards among everything that Home Assistant knows; nobody has to name an entity. */

/** @import { HomeAssistant } from "./home_assistant.js" */
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
  ["sensor.consumed_ampere_hours", "battery"],
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
 * @property {"display" | "sensor"} role
 * @property {Record<string, string>} entities
 */

/** @typedef {{ devices: Device[], boards: Board[] }} Found */

/**
 * Return our devices and boards, batteries and sources first.
 * @param {Pick<HomeAssistant, "entities" | "devices">} hass
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
    const role = roleOf(entities);
    if (role) found.boards.push({ id, name, role, entities });
    else if (!only?.length || only.includes(id)) found.devices.push({ id, name, ...characterOf(entities), entities });
  }
  found.devices.sort((one, other) => place(one) - place(other) || one.name.localeCompare(other.name));
  found.boards.sort((one, other) => one.role.localeCompare(other.role) || one.name.localeCompare(other.name));
  return found;
}

/**
 * @param {Record<string, string>} entities
 * @returns {Board["role"] | undefined}
 */
function roleOf(entities) {
  if ("binary_sensor.usb_connection" in entities) return "display";
  return "binary_sensor.radio_connection" in entities ? "sensor" : undefined;
}

/**
 * @param {Record<string, string>} entities
 * @returns {{ kind: Icon, main: string }}
 */
function characterOf(entities) {
  const [, kind] = KINDS.find(([key]) => key in entities) ?? ["", /** @type {const} */ ("other")];
  return { kind, main: MAIN.find((key) => key in entities) ?? "" };
}

/**
 * As OLED and page sort devices that nobody has placed (firmware/display/summary.py); its own charger makes no inverter one.
 * @param {Device} device
 */
const place = ({ kind, main }) => {
  if (main === "sensor.state_of_charge") return 0;
  if (main === "sensor.solar_power") return 1;
  return ["alternator", "charger"].includes(kind) && main !== MAIN[0] ? 2 : 3;
};
