/** What can be set of the card, and the form for it; nothing has to be. */

import { cardTextsOf } from "./card_texts.js";
import { PLATFORM } from "./find.js";

/** @import { CardConfig } from "./home_assistant.js" */

/** The parts of the card, in their order. */
export const PARTS = /** @type {const} */ (["flow", "tiles", "boards"]);

export const HOURS = 6; // more rows than a phone likes to fetch, were it a day of many devices
const MOST_HOURS = 48;
const GENERIC = "ui.panel.lovelace.editor.card.generic";

/** The form of Home Assistant's editor. */
export function configForm() {
  const texts = cardTextsOf(document.documentElement.lang || "en");
  const parts = PARTS.map((value) => ({ value, label: texts[value] }));
  return {
    schema: [
      { name: "title", selector: { text: {} } },
      { name: "devices", selector: { device: { multiple: true, filter: { integration: PLATFORM } } } },
      { name: "show", selector: { select: { multiple: true, mode: "list", options: parts } } },
      { name: "hours", default: HOURS, selector: { number: { min: 1, max: MOST_HOURS, mode: "slider" } } },
      { name: "tap_action", selector: { ui_action: { default_action: "more-info" } } },
      { name: "hold_action", selector: { ui_action: { default_action: "none" } } },
    ],
    /** @param {{ name: string }} field @param {(key: string) => string} localize */
    computeLabel: ({ name }, localize) =>
      texts[/** @type {keyof typeof texts} */ (name)] ?? localize(`${GENERIC}.${name === "hours" ? "hours_to_show" : name}`),
    assertConfig: check,
  };
}

/**
 * Raise an error that says what is wrong with a configuration.
 * @param {CardConfig} config
 */
export function check(config) {
  const { title, devices, show, hours } = config ?? {};
  if (!config || typeof config !== "object") throw new Error("The card needs a configuration, if only its type.");
  if (title !== undefined && typeof title !== "string") throw new Error("title is a text.");
  if (!isTexts(devices)) throw new Error("devices is a list of device ids.");
  if (!isTexts(show) || show?.some((part) => !PARTS.includes(/** @type {any} */ (part)))) {
    throw new Error(`show is a list of ${PARTS.join(", ")}.`);
  }
  if (hours !== undefined && !(hours > 0 && hours <= MOST_HOURS)) throw new Error(`hours is 1 to ${MOST_HOURS}.`);
}

/** @param {unknown} value */
const isTexts = (value) =>
  value === undefined || (Array.isArray(value) && value.every((one) => typeof one === "string"));
