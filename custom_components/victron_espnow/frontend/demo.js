/** An example for whoever has no device yet, so that the card can be seen before it is needed. */

/** @import { Texts } from "./texts.js" */
/** @import { System } from "./system.js" */

/**
 * Return the picture of a small trailer in the sun.
 * @param {Texts} texts
 * @returns {System}
 */
export function demoSystem(texts) {
  return {
    battery: { id: "", name: texts.battery, percent: 87, voltage: 13.32, current: 9.8, power: 131, minutes: null, lost: "" },
    sources: [
      { id: "demo-solar", kind: "solar", name: texts.solar, power: 214, voltage: null, state: "", lost: "" },
      { id: "demo-charger", kind: "charger", name: texts.charger, power: null, voltage: null, state: "", lost: "device" },
    ],
  };
}
