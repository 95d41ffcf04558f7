/** Our own boards as a line of small buttons: who is there, and how many devices a sensor node hears. */

import { html, setAttribute, setText, spaced } from "./dom.js";

/**
 * What a board shows.
 * @typedef {object} BoardData
 * @property {string} id
 * @property {string} name
 * @property {string} state
 * @property {boolean} there
 */

/** One board as a button. */
export class BoardButton {
  /** @param {(id: string) => void} onSelect */
  constructor(onSelect) {
    this._name = html("span", { class: "name" });
    this._state = html("span", { class: "state" });
    const dot = html("span", { class: "lamp", "aria-hidden": "true" });
    this.element = html("button", { type: "button", class: "board" }, dot, ...spaced(this._name, this._state));
    this._id = "";
    this.element.addEventListener("click", () => onSelect(this._id));
  }

  /** @param {BoardData} data */
  update({ id, name, state, there }) {
    this._id = id;
    setAttribute(this.element, "data-id", id);
    setAttribute(this.element, "data-there", there ? "" : null);
    setAttribute(this.element, "aria-label", `${name}, ${state}`);
    setText(this._name, name);
    setText(this._state, state);
  }
}
