/** One device: its name, what it does, its large number, how that went, and what is wrong. */

import { html, setAttribute, setText, spaced, svg } from "./dom.js";
import { ICONS } from "./icons.js";
import { Spark } from "./spark.js";

/**
 * What a tile shows.
 * @typedef {object} TileData
 * @property {string} id
 * @property {string} name
 * @property {import("./icons.js").Icon} kind
 * @property {import("./format.js").Quantity} quantity the large number
 * @property {string} state in the reader's words
 * @property {string} note further values
 * @property {import("./system.js").Lost} lost
 * @property {string} cause in the reader's words, with its age
 * @property {"" | "warning" | "critical"} alert
 * @property {string} alertText
 */

/** A device as a button. */
export class Tile {
  /** @param {(id: string) => void} onSelect */
  constructor(onSelect) {
    this._shape = svg("path");
    this._name = html("span", { class: "name" });
    this._state = html("span", { class: "state" });
    this._value = html("span", { class: "value" });
    this._unit = html("span", { class: "unit" });
    this._note = html("span", { class: "note" });
    this._cause = html("span", { class: "cause" });
    this._alert = html("span", { class: "alert" });
    this._spark = new Spark();
    this.element = html(
      "button",
      { type: "button", class: "tile" },
      svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, this._shape),
      ...spaced(
        this._name,
        html("span", { class: "quantity" }, ...spaced(this._value, this._unit)),
        this._state,
        this._note,
        this._cause,
        this._alert,
      ),
      this._spark.element,
    );
    this._id = "";
    this.element.addEventListener("click", () => onSelect(this._id));
  }

  /** @param {TileData} data */
  update(data) {
    const { id, name, kind, quantity, state, note, lost, cause, alert, alertText } = data;
    this._id = id;
    setAttribute(this.element, "data-id", id);
    setAttribute(this._shape, "d", ICONS[kind]);
    setText(this._name, name);
    setText(this._value, quantity.value);
    setText(this._unit, quantity.unit);
    setText(this._state, state);
    setText(this._note, note);
    setText(this._cause, cause);
    setText(this._alert, alertText);
    setAttribute(this.element, "data-lost", lost || null);
    setAttribute(this.element, "data-alert", alert || null);
    const said = [name, `${quantity.value} ${quantity.unit}`.trim(), state, note, cause, alertText];
    setAttribute(this.element, "aria-label", said.filter(Boolean).join(", "));
  }

  /** @param {(number | null)[]} values */
  draw(values) {
    this._spark.update(values);
  }
}
