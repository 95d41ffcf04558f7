/**
 * What a state of charge, a power or a silence means to the eye; the same on the card, the node's page and the OLED.
 *
 * Thresholds and colours are those of Victron's own screens: victronenergy/gui-v2, src/theme.cpp (a falling percentage
 * warns at 20 and is critical at 10), components/widgets (nothing flows below 30 W), themes/color/ColorDesign.json.
 */

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
