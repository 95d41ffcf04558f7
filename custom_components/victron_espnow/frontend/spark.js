/** A small curve without axes: how a value went. */

import { setAttribute, svg } from "./dom.js";

const WIDTH = 100;
const HEIGHT = 24;

/** One curve. */
export class Spark {
  constructor() {
    this._area = svg("path", { class: "area" });
    this._line = svg("path", { class: "course" });
    const box = { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" };
    this.element = svg("svg", box, this._area, this._line);
  }

  /** @param {(number | null)[]} values */
  update(values) {
    const { line, area } = course(values, WIDTH, HEIGHT);
    setAttribute(this._line, "d", line);
    setAttribute(this._area, "d", area);
  }
}

/**
 * Return the SVG paths of a curve and of the area between it and nought; it breaks where a value is not known.
 * @param {(number | null)[]} values
 * @param {number} width
 * @param {number} height
 * @returns {{ line: string, area: string }}
 */
export function course(values, width, height) {
  const known = values.filter((value) => value !== null);
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const inner = height - 2; // the stroke needs a pixel at both ends
  /** @param {number} value */
  const y = (value) => Math.round((1 + inner - ((value - low) / (high - low || 1)) * inner) * 10) / 10;
  const step = width / Math.max(1, values.length - 1);
  const nought = y(0);
  let line = "";
  let area = "";
  for (const [from, to] of stretches(values)) {
    let way = "";
    for (let index = from; index < to; index++) {
      way += `${way ? "L" : "M"}${Math.round(index * step * 10) / 10} ${y(values[index] ?? 0)}`;
    }
    line += way;
    area += `${way}V${nought}H${Math.round(from * step * 10) / 10}Z`;
  }
  return { line, area };
}

/**
 * Return where values are known, as [from, to) of at least two.
 * @param {(number | null)[]} values
 * @returns {[number, number][]}
 */
function stretches(values) {
  /** @type {[number, number][]} */
  const found = [];
  let from = 0;
  for (let index = 0; index <= values.length; index++) {
    if (index < values.length && values[index] !== null) continue;
    if (index - from > 1) found.push([from, index]);
    from = index + 1;
  }
  return found;
}
