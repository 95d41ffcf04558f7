/** The Lovelace card: everything that is ours in one picture, without a word of configuration. */

import { BoardButton } from "./boards.js";
import { CARD_STYLE } from "./card_style.js";
import { cardTextsOf } from "./card_texts.js";
import { demoSystem } from "./demo.js";
import { html, setChildren, setText } from "./dom.js";
import { POWERS, find, sort } from "./find.js";
import { Flow } from "./flow.js";
import { HOURS, PARTS, check, configForm } from "./form.js";
import { History } from "./history.js";
import { onHold } from "./press.js";
import { Reader } from "./read.js";
import { Sight } from "./sight.js";
import { STYLE } from "./style.js";
import { textsOf } from "./texts.js";
import { Tile } from "./tile.js";

/** @import { CardConfig, HomeAssistant } from "./home_assistant.js" */
/** @import { Found } from "./find.js" */

const SPACING_MS = 1000; // between two drawings: each device says something once a second, and never two together
const AGE_EVERY_MS = 5000; // how long an age may stand before it is told anew
const CURVES_EVERY_MS = 10_000;

/** @type {Record<string, string>} where a language tag says how numbers are written */
const NUMBERS = { comma_decimal: "en-US", decimal_comma: "de", quote_decimal: "de-CH", space_comma: "fr" };

/** What Home Assistant makes for `type: custom:victron-espnow-card`. */
export class VictronEspnowCard extends HTMLElement {
  /** @param {HomeAssistant} hass */
  static getStubConfig(hass) {
    return find(hass).devices.length ? {} : { demo: true };
  }

  static getConfigForm() {
    return configForm();
  }

  constructor() {
    super();
    /** @type {CardConfig} */
    this._config = { type: "" };
    /** @type {HomeAssistant | undefined} */
    this._hass = undefined;
    /** @type {Found} */
    this._found = { devices: [], boards: [] };
    this._shape = "";
    /** @type {string[]} */
    this._watched = [];
    /** @type {Map<string, Tile>} */
    this._tiles = new Map();
    /** @type {Map<string, BoardButton>} */
    this._boards = new Map();
    this._due = 0;
    this._later = 0;
    this._drawnAt = -Infinity;
    this._curvesAt = -Infinity;
    this._select = (/** @type {string} */ id) => this._act(id, "tap");
    this._flow = new Flow((id) => this._act(id, "tap", true));
    this._history = new History(() => this._drawCurves());
    this._title = html("h2");
    this._notice = html("p", { class: "notice" });
    this._tileBox = html("div", { class: "tiles" });
    this._boardBox = html("div", { class: "boards" });
    const parts = [this._title, this._flow.element, this._notice, this._tileBox, this._boardBox];
    for (const part of parts) part.hidden = true; // undrawn buttons have no names for a screen reader yet
    const body = html("div", { class: "body" }, ...parts);
    const card = document.createElement("ha-card");
    card.append(body);
    const root = this.attachShadow({ mode: "open" });
    root.append(html("style", {}, STYLE, CARD_STYLE), card);
    onHold(body, (id) => this._act(id, "hold"));
    this._sight = new Sight(this, () => this._ask());
  }

  /** @param {CardConfig} config */
  setConfig(config) {
    check(config);
    this._config = config;
    this._shape = "";
    if (this._hass) this._search(this._hass);
    this._ask();
  }

  getCardSize() {
    return 6 + Math.ceil(this._found.devices.length / 2) * 2;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" }; // its height follows from how many devices there are
  }

  /** @param {HomeAssistant} hass */
  set hass(hass) {
    const before = this._hass;
    this._hass = hass;
    let changed = !before || before.entities !== hass.entities || before.devices !== hass.devices;
    if (changed) changed = this._search(hass);
    if (!changed && before) changed = this._watched.some((id) => before.states[id] !== hass.states[id]);
    const looks = before?.themes !== hass.themes || before?.locale !== hass.locale || before?.localize !== hass.localize;
    if (changed || looks) this._ask();
  }

  connectedCallback() {
    this._sight.start();
    this._flow.start();
  }

  disconnectedCallback() {
    this._sight.stop();
    this._flow.stop();
    this._history.stop();
    clearTimeout(this._due);
    clearTimeout(this._later);
    this._due = 0;
  }

  /**
   * Find what is ours; return whether that is other than before.
   * @param {HomeAssistant} hass
   */
  _search(hass) {
    const found = find(hass, this._config.devices);
    const shape = JSON.stringify(found);
    if (shape === this._shape) return false;
    this._shape = shape;
    this._found = found;
    this._watched = [...found.devices, ...found.boards].flatMap(({ entities }) => Object.values(entities));
    return true;
  }

  /** Draw soon, but not all the time; nothing is drawn that nobody sees. */
  _ask() {
    if (this._due || !this._hass || !this._sight.seen) return;
    const wait = Math.max(0, this._drawnAt + SPACING_MS - performance.now());
    this._due = window.setTimeout(() => {
      this._due = 0;
      if (this._sight.seen) this._draw();
    }, wait);
  }

  _draw() {
    const hass = this._hass;
    if (!hass) return;
    this._drawnAt = performance.now();
    const { locale, themes } = hass;
    const texts = { ...cardTextsOf(locale.language), ...textsOf(locale.language) };
    const numbers = NUMBERS[locale.number_format] ?? locale.language;
    const { devices, boards } = this._found;
    sort(devices, hass); // a new place is no other device
    const reader = new Reader(hass, texts, numbers, Date.now());
    const demo = Boolean(this._config.demo) && !devices.length;
    const system = demo ? demoSystem(texts) : reader.system(devices);
    const shown = new Set(this._config.show ?? PARTS);
    const drawn = Boolean(system.battery || system.sources.length);
    this.toggleAttribute("dark", themes.darkMode);
    this._title.toggleAttribute("hidden", !this._config.title);
    setText(this._title, this._config.title ?? "");
    this._flow.element.toggleAttribute("hidden", !drawn || !shown.has("flow"));
    this._notice.toggleAttribute("hidden", devices.length > 0);
    setText(this._notice, demo ? texts.example : texts.nothing);
    this._tileBox.toggleAttribute("hidden", !devices.length || !shown.has("tiles"));
    this._boardBox.toggleAttribute("hidden", !boards.length || !shown.has("boards"));
    if (drawn && shown.has("flow")) this._flow.update(system, texts, numbers);
    if (shown.has("tiles")) this._drawTiles(reader);
    if (shown.has("boards")) {
      drawEach(this._boardBox, this._boards, boards.map((board) => reader.board(board)), () => new BoardButton(this._select));
    }
    if (devices.some((device) => reader.lost(device))) this._againAt(AGE_EVERY_MS);
  }

  /** @param {Reader} reader */
  _drawTiles(reader) {
    const { devices } = this._found;
    drawEach(this._tileBox, this._tiles, devices.map((device) => reader.tile(device)), () => new Tile(this._select));
    const ids = devices.map(({ main, entities }) => entities[main]).filter(Boolean);
    if (this._hass) this._history.follow(this._hass.connection, ids, this._config.hours ?? HOURS);
    if (performance.now() - this._curvesAt > CURVES_EVERY_MS) this._drawCurves();
  }

  _drawCurves() {
    if (!this._sight.seen) return;
    this._curvesAt = performance.now();
    for (const { id, main, entities } of this._found.devices) {
      this._tiles.get(id)?.draw(this._history.values(entities[main]));
    }
  }

  /** @param {number} ms */
  _againAt(ms) {
    clearTimeout(this._later);
    this._later = window.setTimeout(() => this._ask(), ms);
  }

  /**
   * Do what a press means; return whether it means anything.
   * @param {string} id of a device or board, "" for the loads
   * @param {"tap" | "hold"} press
   * @param {boolean} [inFlow] where powers stand, but for the battery's ring
   */
  _act(id, press, inFlow = false) {
    const { devices, boards } = this._found;
    const device = devices.find((one) => one.id === id) ?? devices[0];
    const board = boards.find((one) => one.id === id);
    const entities = (board ?? device)?.entities;
    if (!entities) return false;
    const isPower = inFlow && !(id && device.kind === "battery");
    const powers = isPower ? POWERS.map((name) => `sensor.${name}`) : [];
    const about = board ? [`binary_sensor.${board.link}_connection`] : [...powers, device.main, "sensor.reading_status"];
    const key = about.find((one) => one in entities);
    const entity = entities[key ?? ""] ?? Object.values(entities)[0];
    const action = this._config[`${press}_action`];
    if (!action && press === "hold") return false;
    if (!action) this._tell("hass-more-info", { entityId: entity });
    else this._tell("hass-action", { config: { ...this._config, entity }, action: press });
    return true;
  }

  /**
   * @param {string} name
   * @param {object} detail
   */
  _tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/**
 * Draw a button for each of these, in their order, and forget what is no longer there.
 * @template {{ id: string }} Data
 * @template {{ element: Element, update: (data: Data) => void }} Button
 * @param {Element} box
 * @param {Map<string, Button>} buttons by id
 * @param {Data[]} all
 * @param {() => Button} make
 */
function drawEach(box, buttons, all, make) {
  const kept = all.map((data) => {
    const button = buttons.get(data.id) ?? make();
    button.update(data);
    buttons.set(data.id, button);
    return button.element;
  });
  setChildren(box, kept);
  const ids = new Set(all.map(({ id }) => id));
  for (const id of buttons.keys()) if (!ids.has(id)) buttons.delete(id);
}
