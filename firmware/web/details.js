/** All values of one device or node, by the names that `/api/state` gives them, without their units. */

import { html, setChildren, setText } from "../../custom_components/victron_espnow/frontend/dom.js";

/** A sheet above the page. */
export class Details {
  /** @param {string} close the word on its button */
  constructor(close) {
    this._title = html("h2", { id: "about" });
    this._rows = html("tbody");
    const button = html("button", { type: "button" }, close);
    const parts = [this._title, html("table", {}, this._rows), button];
    this.element = html("dialog", { "aria-labelledby": "about" }, ...parts);
    button.addEventListener("click", () => this.element.close());
    this.element.addEventListener("click", ({ target }) => target === this.element && this.element.close());
  }

  /**
   * @param {string} title
   * @param {[string, string][]} rows
   */
  show(title, rows) {
    setText(this._title, title);
    setChildren(
      this._rows,
      rows.map(([name, value]) => html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, value))),
    );
    this.element.showModal();
  }
}
