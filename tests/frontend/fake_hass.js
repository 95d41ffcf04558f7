/** What Home Assistant's page hands to a card, made by hand: for what a simulated trailer does not do on command. */

import { VictronEspnowCard } from "../../custom_components/victron_espnow/frontend/card.js";

/** @import { EntityEntry, HomeAssistant } from "../../custom_components/victron_espnow/frontend/home_assistant.js" */

const PLATFORM = "victron_espnow";

/** The states of each kind of device: by entity, [state, unit]. @type {Record<string, Record<string, [string, string?]>>} */
const KINDS = {
  battery: {
    "sensor.state_of_charge": ["87.0", "%"],
    "sensor.battery_voltage": ["13.32", "V"],
    "sensor.battery_current": ["-4.51", "A"],
    "sensor.battery_power": ["-60.1", "W"],
    "sensor.time_to_go": ["2280", "min"],
    "sensor.reading_status": ["fresh"],
    "sensor.last_seen": ["2026-11-29T12:00:00+00:00"],
    "binary_sensor.problem": ["off"],
  },
  sense: { "sensor.battery_voltage": ["13.11", "V"], "sensor.temperature": ["21", "°C"], "sensor.reading_status": ["fresh"] },
  solar: {
    "sensor.solar_power": ["214", "W"],
    "sensor.battery_power": ["208.4", "W"],
    "sensor.battery_voltage": ["13.40", "V"],
    "sensor.charge_state": ["bulk"],
    "sensor.yield_today": ["1.24", "kWh"],
    "sensor.reading_status": ["fresh"],
    "sensor.last_seen": ["2026-11-29T12:00:00+00:00"],
    "binary_sensor.problem": ["off"],
  },
  charger: {
    "sensor.battery_power": ["409.0", "W"],
    "sensor.battery_voltage": ["13.68", "V"],
    "sensor.battery_current": ["29.9", "A"],
    "sensor.charge_state": ["absorption"],
    "sensor.reading_status": ["fresh"],
    "sensor.last_seen": ["2026-11-29T12:00:00+00:00"],
    "binary_sensor.problem": ["off"],
  },
  converter: {
    "sensor.input_voltage": ["13.80", "V"],
    "sensor.output_voltage": ["14.20", "V"],
    "sensor.charge_state": ["bulk"],
    "sensor.reading_status": ["fresh"],
  },
  inverter: {
    "sensor.ac_out_power": ["285", "W"],
    "sensor.state_of_charge": ["80.0", "%"],
    "sensor.reading_status": ["fresh"],
  },
  multi: {
    "sensor.ac_in_power": ["120", "W"],
    "sensor.ac_out_power": ["285", "W"],
    "sensor.reading_status": ["fresh"],
  },
  display: { "binary_sensor.usb_connection": ["on"] },
  sensor: { "binary_sensor.radio_connection": ["on"], "sensor.devices_heard": ["3"] },
};

/**
 * Return a house with devices of ours and a lamp of somebody else's.
 * @param {Record<string, string>} devices the kind of each, by name
 * @param {{ language?: string, numbers?: string, dark?: boolean, texts?: Record<string, string> }} [options]
 * @returns {HomeAssistant}
 */
export function house(devices, { language = "en", numbers = "language", dark = false, texts = {} } = {}) {
  /** @type {HomeAssistant} */
  const hass = {
    states: { "light.lamp": { entity_id: "light.lamp", state: "off", attributes: {} } },
    entities: { "light.lamp": { entity_id: "light.lamp", platform: "hue", device_id: "lamp" } },
    devices: { lamp: { id: "lamp", name: "Lamp" } },
    locale: { language, number_format: numbers },
    themes: { darkMode: dark },
    connection: {
      subscribeMessage: async () => async () => {},
      addEventListener: () => {},
      removeEventListener: () => {},
    },
    localize: (key) => texts[key] ?? "",
    formatEntityState: ({ state, attributes: { unit_of_measurement: unit } }) => (unit ? `${state} ${unit}` : state),
  };
  for (const name in devices) {
    hass.devices[name] = { id: name, name };
    for (const key in KINDS[devices[name]]) {
      const [domain, translation] = key.split(".");
      const id = `${domain}.${name.toLowerCase().replaceAll(" ", "_")}_${translation}`;
      const [state, unit] = KINDS[devices[name]][key];
      hass.states[id] = { entity_id: id, state, attributes: unit ? { unit_of_measurement: unit } : {} };
      /** @type {EntityEntry} */
      const entry = { entity_id: id, platform: PLATFORM, device_id: name, translation_key: translation };
      hass.entities[id] = entry;
    }
  }
  return hass;
}

/**
 * Return the house a moment later: as Home Assistant does it, only what changed is another object.
 * @param {HomeAssistant} hass
 * @param {Record<string, string>} states by entity id
 * @param {Record<string, unknown>} [attributes] of all of them
 * @returns {HomeAssistant}
 */
export function later(hass, states, attributes) {
  const changed = { ...hass.states };
  for (const id in states) {
    const before = changed[id] ?? { entity_id: id, state: "", attributes: {} };
    changed[id] = { ...before, state: states[id], attributes: attributes ?? before.attributes };
  }
  return { ...hass, states: changed };
}

/**
 * Put a card on the page and count its drawings in `card.drawn`.
 * @param {HomeAssistant} hass
 * @param {object} [config]
 */
export function show(hass, config = {}) {
  const tag = "victron-espnow-card";
  if (!customElements.get(tag)) customElements.define(tag, VictronEspnowCard);
  const card = /** @type {VictronEspnowCard & { drawn: number }} */ (document.createElement(tag));
  const draw = card._draw.bind(card);
  card.drawn = 0;
  card._draw = () => {
    card.drawn += 1;
    draw();
  };
  card.setConfig(/** @type {any} */ ({ type: `custom:${tag}`, ...config }));
  card.hass = hass;
  document.body.append(card);
  return card;
}
