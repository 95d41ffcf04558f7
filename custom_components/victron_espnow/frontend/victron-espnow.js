/** What Home Assistant loads: makes the card and the dashboard known. Loaded twice it does nothing the second time. */

import { VictronEspnowCard } from "./card.js";
import { cardTextsOf } from "./card_texts.js";
import { PLATFORM, placeOf } from "./find.js";

/** @import { HomeAssistant } from "./home_assistant.js" */

const CARD = "victron-espnow-card";
const STRATEGY = "victron-espnow";
const NAME = "Victron ESP-NOW";
const DOCUMENTATION = "https://github.com/victron-espnow/victron-espnow";

/** The dashboard, whose code is loaded when somebody wants it. */
class DashboardStrategy extends HTMLElement {
  static noEditor = true; // there is nothing to set

  /** @param {object} _config @param {HomeAssistant} hass */
  static async generate(_config, hass) {
    return (await import("./strategy.js")).dashboard(hass);
  }

  /**
   * Tell whether it has to be made anew: there are other devices or entities, or the user has put them in another order.
   * @param {object} _config @param {HomeAssistant} before @param {HomeAssistant} now
   */
  static shouldRegenerate(_config, before, now) {
    if (before.entities !== now.entities || before.devices !== now.devices) return true;
    return Object.keys(now.entities).some((id) => placeOf(before.states[id]) !== placeOf(now.states[id]));
  }

  static getCreateSuggestions() {
    return { title: "Victron", icon: "mdi:caravan" };
  }
}

/** A page of it. */
class ViewStrategy extends HTMLElement {
  /** @param {{ page: string, device?: string }} config @param {HomeAssistant} hass */
  static async generate(config, hass) {
    return (await import("./strategy.js")).page(config, hass);
  }
}

/** The entities that are what a device is about: the card is no help for its other forty. */
const SUGGESTED = ["state_of_charge", "battery_power", "solar_power", "charge_state", "output_power", "reading_status"];

/**
 * @param {string} tag
 * @param {CustomElementConstructor} element
 */
function define(tag, element) {
  if (!customElements.get(tag)) customElements.define(tag, element);
}

/**
 * @param {HomeAssistant} hass
 * @param {string} id
 */
function suggest(hass, id) {
  const { platform, translation_key: key } = hass.entities[id] ?? {};
  if (platform !== PLATFORM || !key || !SUGGESTED.includes(key)) return null;
  return { config: { type: `custom:${CARD}` } };
}

/**
 * Add an entry to one of the lists by which Home Assistant's pickers know what there is.
 * @param {"customCards" | "customStrategies"} list
 * @param {{ type: string, [more: string]: unknown }} entry
 */
function announce(list, entry) {
  const known = (window[list] ??= []);
  if (!known.some((one) => /** @type {typeof entry} */ (one).type === entry.type)) known.push(entry);
}

const { description } = cardTextsOf(document.documentElement.lang || "en");
define(CARD, VictronEspnowCard);
define(`ll-strategy-dashboard-${STRATEGY}`, DashboardStrategy);
define(`ll-strategy-view-${STRATEGY}`, ViewStrategy);
announce("customCards", {
  type: CARD,
  name: NAME,
  description,
  preview: true,
  documentationURL: DOCUMENTATION,
  getEntitySuggestion: suggest,
});
announce("customStrategies", {
  type: STRATEGY,
  strategyType: "dashboard",
  name: NAME,
  description,
  documentationURL: DOCUMENTATION,
});
