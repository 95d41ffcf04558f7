/** Numbers as people read them: value and unit apart, so that the unit can be small. No element is touched here. */

/** @typedef {{ value: string, unit: string }} Quantity */

/** What is shown in the place of a number that is not known or no longer true. */
export const UNKNOWN = "–";

const MINUTES_A_DAY = 1440;
const LONG_MINUTES = 100 * 60; // from here on the minutes say nothing any more

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * Return a number with this many digits behind the point, in the reader's notation.
 * @param {number} value
 * @param {number} digits
 * @param {string} language as in navigator.language
 * @param {boolean} [signed] write a plus, too
 * @returns {string}
 */
export function decimal(value, digits, language, signed = false) {
  const name = `${language} ${digits} ${signed}`;
  let format = formats.get(name);
  if (!format) {
    format = new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      signDisplay: signed ? "exceptZero" : "negative", // "negative": -0.04 is 0.0, not -0.0
    });
    formats.set(name, format);
  }
  return format.format(value);
}

/**
 * Return a power in W or, from 1000 W on, in kW.
 * @param {number | null} watts
 * @param {string} language
 * @param {boolean} [signed]
 * @returns {Quantity}
 */
export function power(watts, language, signed = false) {
  if (watts === null) return { value: UNKNOWN, unit: "W" };
  const size = Math.round(Math.abs(watts));
  if (size < 1000) return { value: decimal(watts, 0, language, signed), unit: "W" };
  return { value: decimal(watts / 1000, size < 10_000 ? 2 : 1, language, signed), unit: "kW" };
}

/**
 * Return a voltage in V.
 * @param {number | null} volts
 * @param {string} language
 * @returns {Quantity}
 */
export function voltage(volts, language) {
  return { value: volts === null ? UNKNOWN : decimal(volts, 2, language), unit: "V" };
}

/**
 * Return a current in A with its sign, which says whether the battery fills or empties.
 * @param {number | null} amperes
 * @param {string} language
 * @returns {Quantity}
 */
export function current(amperes, language) {
  if (amperes === null) return { value: UNKNOWN, unit: "A" };
  return { value: decimal(amperes, Math.abs(amperes) < 9.95 ? 2 : 1, language, true), unit: "A" };
}

/**
 * Return a whole percentage, never more than there is: what is below 10 does not read 10.
 * @param {number | null} percent
 * @param {string} language
 * @returns {Quantity}
 */
export function percentage(percent, language) {
  return { value: percent === null ? UNKNOWN : decimal(Math.floor(percent), 0, language), unit: "%" };
}

/**
 * Return minutes as hours and minutes, or days and hours when there are many.
 * @param {number | null} minutes
 * @returns {string} such as "3 h 20 min", "5 d 4 h"; "" when there is nothing to say
 */
export function duration(minutes) {
  if (minutes === null) return "";
  const whole = Math.round(minutes);
  if (whole < 60) return `${whole} min`;
  if (whole < LONG_MINUTES) return `${Math.floor(whole / 60)} h ${whole % 60} min`;
  return `${Math.floor(whole / MINUTES_A_DAY)} d ${Math.floor((whole % MINUTES_A_DAY) / 60)} h`;
}

/**
 * Return an age in one unit, as the OLED shows it.
 * @param {number} seconds
 * @returns {string} such as "3 s", "12 min", "5 h"
 */
export function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  return whole < 86_400 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 86_400)} d`;
}
