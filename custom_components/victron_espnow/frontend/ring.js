/** The battery: a 270° ring of its state of charge with what matters inside. */

import { html, setAttribute, setText, spaced, svg } from "./dom.js";
import { current, duration, percentage, power, voltage } from "./format.js";
import { arc } from "./geometry.js";
import { directionOf, levelOf } from "./system.js";

const SIZE = 200;
const WIDTH = 14;
const START = -135; // open below
const SWEEP = 270;
const SHAPE = arc({ x: SIZE / 2, y: SIZE / 2 }, SIZE / 2 - WIDTH / 2 - 1, START, SWEEP);

/** One battery as a button. */
export class Ring {
  /** @param {(id: string) => void} onSelect */
  constructor(onSelect) {
    this._level = svg("path", { class: "level", d: SHAPE, pathLength: "100", "stroke-dasharray": "0 200" });
    this._percent = svg("tspan", { class: "large" });
    this._percentUnit = svg("tspan", { class: "unit" });
    this._power = svg("text", { class: "medium", x: "100", y: "128" });
    this._volts = svg("text", { class: "small", x: "100", y: "150" });
    this._left = svg("text", { class: "small muted", x: "100", y: "184" });
    this._title = svg("text", { class: "small muted", x: "100", y: "56" });
    this._cause = html("span", { class: "cause" });
    this.element = html(
      "button",
      { type: "button", class: "ring" },
      svg(
        "svg",
        { viewBox: `0 0 ${SIZE} ${SIZE}`, "aria-hidden": "true" },
        svg("path", { class: "track", d: SHAPE }),
        this._level,
        ...spaced(
          this._title,
          svg("text", { x: "100", y: "104" }, this._percent, this._percentUnit),
          this._power,
          this._volts,
          this._left,
        ),
      ),
      this._cause,
    );
    this._id = "";
    this.element.addEventListener("click", () => onSelect(this._id));
  }

  /**
   * Show a battery; an old value gives way to dashes and their cause.
   * @param {import("./system.js").Battery} battery
   * @param {import("./texts.js").Texts} texts
   * @param {string} language
   */
  update(battery, texts, language) {
    this._id = battery.id;
    setAttribute(this.element, "data-id", battery.id);
    const fresh = !battery.lost;
    const direction = directionOf(battery.power);
    const percent = fresh ? battery.percent : null;
    const watts = power(fresh ? battery.power : null, language, true);
    const volts = voltage(fresh ? battery.voltage : null, language);
    const amperes = current(fresh ? battery.current : null, language);
    // while it is charged a monitor tells its longest time, which is no news
    const emptying = fresh && battery.minutes !== null && direction !== "charging";
    const left = emptying ? texts.empty_in.replace("{}", duration(battery.minutes)) : "";
    setAttribute(this._level, "stroke-dasharray", `${percent === null ? 0 : Math.max(0.5, percent)} 200`);
    setAttribute(this.element, "data-level", levelOf(percent));
    // who has no monitor knows the voltage at least
    const large = percent === null && battery.power === null && fresh ? volts : percentage(percent, language);
    setText(this._percent, large.value);
    setText(this._percentUnit, ` ${large.unit}`);
    setText(this._title, battery.name);
    setText(this._power, large === volts ? "" : `${watts.value} ${watts.unit}`);
    setText(this._volts, large === volts ? "" : `${volts.value} V  ${amperes.value} A`);
    setText(this._left, left);
    const cause = battery.lost && texts[battery.lost];
    setText(this._cause, cause);
    const parts = [large, watts, volts, amperes].map(({ value, unit }) => `${value} ${unit}`);
    const known = large === volts ? parts.slice(0, 1) : parts;
    // the dashes as well: who says aloud what he sees is understood
    const said = [battery.name || texts.battery, ...known, ...(cause ? [cause] : [left, direction && texts[direction]])];
    setAttribute(this.element, "aria-label", said.filter(Boolean).join(", "));
  }
}
