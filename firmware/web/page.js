/** The display node's own page: the picture of the system, its devices, alarms and nodes, as fresh as the node has them. */

import { BoardButton } from "../../custom_components/victron_espnow/frontend/boards.js";
import { html, setAttribute, setChildren, setText } from "../../custom_components/victron_espnow/frontend/dom.js";
import { Flow } from "../../custom_components/victron_espnow/frontend/flow.js";
import { age, duration } from "../../custom_components/victron_espnow/frontend/format.js";
import { Tile } from "../../custom_components/victron_espnow/frontend/tile.js";
import { Details } from "./details.js";
import { Poll } from "./poll.js";
import { Reader, called } from "./state.js";
import { fetchWords } from "./words.js";

/** @import { AlarmState, State } from "./state.js" */

const SILENT_S = 10; // without an answer for so long, nothing is fresh any more
const HOST_S = 3900; // Home Assistant sets the clock every hour
const CURVE = 150; // values of a curve: five minutes

const [language] = navigator.language.split("@"); // "en-US@posix" is none that numbers could be written in
/** @type {import("./words.js").Words} */
let words;

/** Everything on the page; made once, changed where something changes. */
class Page {
  constructor() {
    this._title = html("h1", {}, "Victron ESP-NOW");
    this._live = html("span", { class: "live", role: "status" });
    this._alarms = html("div", { class: "alarms", role: "alert" });
    this._notice = html("p", { class: "notice" }, words.waiting);
    this._flow = new Flow((id) => this._open(id));
    this._picture = html("div", { class: "picture" }, this._flow.element);
    this._tileBox = html("div", { class: "tiles" });
    this._boardBox = html("div", { class: "boards" });
    this._deviceTitle = html("h2", {}, words.devices);
    this._nodeTitle = html("h2", {}, words.nodes);
    this._foot = html("p", { class: "foot" });
    this._details = new Details(words.close);
    this.element = html(
      "main",
      {},
      html("header", {}, this._title, this._live),
      this._alarms,
      this._notice,
      this._picture,
      this._deviceTitle,
      this._tileBox,
      this._nodeTitle,
      this._boardBox,
      this._foot,
    );
    /** @type {Map<string, Tile>} */
    this._tiles = new Map();
    /** @type {Map<string, BoardButton>} */
    this._boards = new Map();
    /** @type {Map<string, (number | null)[]>} */
    this._curves = new Map();
    /** @type {State | null} */
    this._state = null;
    this._came = Date.now();
    this._poll = new Poll("/api/state", (state) => this._take(state), () => this._draw());
  }

  start() {
    document.body.append(this.element, this._details.element);
    this._flow.start();
    this._draw();
    this._poll.start();
    setInterval(() => document.hidden || this._draw(), 1000);
  }

  /** @param {State} state */
  _take(state) {
    this._state = state;
    this._came = Date.now();
    for (const { mac, values, cause } of state.devices) {
      const [main] = Object.values(values ?? {});
      const value = cause || typeof main !== "number" ? null : main;
      const curve = this._curves.get(mac) ?? [value]; // which makes a line at once
      curve.push(value);
      this._curves.set(mac, curve.slice(-CURVE));
    }
    this._draw();
  }

  /** Draw what is known now: ages go on between two answers. */
  _draw() {
    const state = this._state;
    const passed = (Date.now() - this._came) / 1000;
    const silent = passed > SILENT_S;
    setText(this._live, silent ? this._silence(passed) : state ? `${words.connected} · ${age(passed)}` : "");
    setAttribute(this._live, "data-silent", silent ? "" : null);
    hide(this._live, !state && !silent);
    for (const part of [this._picture, this._deviceTitle, this._tileBox, this._nodeTitle, this._boardBox, this._foot]) hide(part, !state);
    if (!state) return;
    document.title = state.name;
    setText(this._title, state.name);
    const reader = new Reader(state, words, language, passed, silent);
    const system = reader.system();
    const drawn = Boolean(system.battery || system.sources.length);
    hide(this._picture, !drawn);
    if (drawn) this._flow.update(system, words, language);
    hide(this._notice, state.devices.length > 0);
    setText(this._notice, !state.provisioned ? words.unset : state.nodes.length ? words.nothing : words.unheard);
    this._drawAlarms(reader, state.alarms, passed);
    this._drawTiles(reader, state);
    this._drawBoards(reader, state);
    this._drawFoot(state, passed);
  }

  /** @param {number} passed */
  _silence(passed) {
    const left = Math.max(0, this._poll.next - Date.now()) / 1000;
    return `${words.usb} · ${age(passed)} · ${words.next.replace("{}", age(left))}`;
  }

  /**
   * @param {Reader} reader
   * @param {AlarmState[]} alarms
   * @param {number} passed
   */
  _drawAlarms(reader, alarms, passed) {
    hide(this._alarms, !alarms.length);
    const items = alarms.map((alarm) => {
      const seen = alarm.state === "acknowledged";
      const item = this._item(alarm);
      setAttribute(item, "data-severity", alarm.severity);
      setAttribute(item, "data-seen", seen ? "" : null);
      setText(item.children[1], reader.alarm(alarm));
      setText(item.children[2], age(alarm.since + passed));
      setText(item.children[3], reader.owner(alarm.mac) + (seen ? ` · ${words.seen}` : ""));
      return item;
    });
    setChildren(this._alarms, items);
  }

  /**
   * Return the row of an alarm: the same one for the same alarm, so that nobody is told of it anew every second.
   * @param {AlarmState} alarm
   */
  _item({ mac, kind }) {
    const name = `${mac} ${kind}`;
    const known = [...this._alarms.children].find((one) => one.getAttribute("data-id") === name);
    if (known) return known;
    /** @param {string} part @param {string} [text] */
    const span = (part, text = "") => html("span", { class: part }, text);
    return html(
      "div",
      { "data-id": name },
      html("span", { class: "mark", "aria-hidden": "true" }, "▲"),
      span("what"),
      html("span", { class: "since", "aria-live": "off" }),
      span("whose"),
    );
  }

  /**
   * @param {Reader} reader
   * @param {State} state
   */
  _drawTiles(reader, { devices }) {
    hide(this._deviceTitle, !devices.length);
    const elements = devices.map((device) => {
      const tile = made(this._tiles, device.mac, () => new Tile((id) => this._open(id)));
      tile.update(reader.tile(device));
      tile.draw(this._curves.get(device.mac) ?? []);
      return tile.element;
    });
    setChildren(this._tileBox, elements);
  }

  /**
   * @param {Reader} reader
   * @param {State} state
   */
  _drawBoards(reader, { nodes }) {
    hide(this._nodeTitle, !nodes.length);
    const elements = nodes.map((node) => {
      const board = made(this._boards, node.mac, () => new BoardButton((id) => this._open(id)));
      const state = node.lost ? `${words.radio} · ${reader.age(node.age_s)}` : `${node.rssi} dBm · ${reader.age(node.age_s)}`;
      board.update({ id: node.mac, name: node.name || node.mac.slice(-4), state, there: !node.lost });
      return board.element;
    });
    setChildren(this._boardBox, elements);
  }

  /**
   * @param {State} state
   * @param {number} passed
   */
  _drawFoot({ host_s: host, fw, uptime_s: uptime }, passed) {
    const heard = host === null ? words.never : host < HOST_S ? words.connected : words.ago.replace("{}", age(host + passed));
    const parts = [words.host.replace("{}", heard), words.running.replace("{}", duration((uptime + passed) / 60)), `v${fw}`];
    while (this._foot.children.length < parts.length) this._foot.append(html("span"));
    parts.forEach((part, index) => setText(this._foot.children[index], part));
  }

  /**
   * Show everything that is known of a device or a node.
   * @param {string} id
   */
  _open(id) {
    const state = this._state;
    if (!state) return;
    const found = [...state.devices, ...state.nodes].find(({ mac }) => mac === id) ?? state.devices[0];
    if (!found) return;
    const { values = {}, ...about } = /** @type {any} */ (found);
    const reader = new Reader(state, words, language, 0, false);
    const title = "record" in found ? reader.name(found) : found.name || id.slice(-4);
    /** @type {[string, string][]} */
    const rows = Object.entries({ ...values, ...about }).map(([field, value]) => [called(field), reader.told(field, value)]);
    this._details.show(title, rows.filter(([name, text]) => text && name !== "name"));
  }
}

/**
 * @param {Element} element
 * @param {boolean} hidden
 */
function hide(element, hidden) {
  setAttribute(element, "hidden", hidden ? "" : null);
}

/**
 * Return what belongs to a name; make it the first time.
 * @template Part
 * @param {Map<string, Part>} parts
 * @param {string} name
 * @param {() => Part} make
 * @returns {Part}
 */
function made(parts, name, make) {
  const part = parts.get(name) ?? make();
  parts.set(name, part);
  return part;
}

async function start() {
  words = await fetchWords(language);
  document.documentElement.lang = language;
  new Page().start();
}

start();
