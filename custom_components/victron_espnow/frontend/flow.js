/**
 * Sources → battery → loads: the nodes, the lines between them, and dots that run along.
 *
 * The dots are plain elements moved by the Web Animations API, `transform` only, so that the compositor moves them and
 * the main thread sleeps; SVG's animateMotion repaints with every frame. Out of sight, in a hidden tab and where people
 * want less motion nothing moves.
 */

import { html, setAttribute, setChildren, setText, spaced, svg } from "./dom.js";
import { power, voltage } from "./format.js";
import { evenly, horizontalCurve, lengthOf, path, verticalCurve } from "./geometry.js";
import { ICONS } from "./icons.js";
import { Ring } from "./ring.js";
import { Sight } from "./sight.js";
import { flows, loadPower, unmeasured, withoutMains } from "./system.js";

const ACROSS_PX = 430; // narrower, and everything stands one above the other: a ring on a phone must be readable
const STEP_PX = 5; // between two keyframes: the curve between them is off by less than the eye sees
const SPACING_PX = 34; // between two dots, as on Victron's screens
const MOST_DOTS = 60; // in the whole picture: each is a layer of its own
const SPEED_PX_S = 30; // likewise, at USUAL_W
const USUAL_W = 200;
const SLOWEST = 0.5;
const FASTEST = 3;
const SEEN_DIFFERENCE = 0.15; // of two speeds

/** The picture of a whole system; `element` goes where it should be seen. */
export class Flow {
  /** @param {(id: string) => void} onSelect called with the id of what was pressed (its data-id); "" for the loads */
  constructor(onSelect) {
    this._onSelect = onSelect;
    this._ring = new Ring(onSelect);
    this._sources = html("div", { class: "sources" });
    this._loads = new Node("loads", onSelect);
    this._lines = svg("svg", { class: "lines", "aria-hidden": "true" });
    this._dots = html("div", { class: "dots", "aria-hidden": "true" });
    /** @type {Map<string, Node>} */
    this._nodes = new Map();
    /** @type {Map<string, Link>} */
    this._links = new Map();
    this._loads.element.classList.add("loads");
    this.element = html(
      "div",
      { class: "flow" },
      this._lines,
      this._sources,
      this._ring.element,
      this._loads.element,
      this._dots,
    );
    this._resized = new ResizeObserver(() => this._lay());
    this._sight = new Sight(this.element, () => this._move());
    this._less = matchMedia("(prefers-reduced-motion: reduce)");
    this._turn = () => this._move();
  }

  /** Begin to move; call when the element is in the document. */
  start() {
    this._resized.observe(this.element);
    this._sight.start();
    this._less.addEventListener("change", this._turn);
    document.addEventListener("visibilitychange", this._turn);
  }

  /** End all that would go on by itself; call when the element leaves the document. */
  stop() {
    this._resized.disconnect();
    this._sight.stop();
    this._less.removeEventListener("change", this._turn);
    document.removeEventListener("visibilitychange", this._turn);
    for (const link of this._links.values()) link.still();
  }

  /**
   * Show a system.
   * @param {import("./system.js").System} system
   * @param {import("./texts.js").Texts} texts
   * @param {string} language
   */
  update(system, texts, language) {
    const { battery, sources } = system;
    this._ring.element.toggleAttribute("hidden", !battery);
    if (battery) this._ring.update(battery, texts, language);
    const load = loadPower(system);
    this._loads.element.toggleAttribute("hidden", !battery);
    const state = unmeasured(system).map(({ name }) => texts.unmeasured.replace("{}", name)).join(", ");
    this._loads.update({ id: "", name: texts.loads, power: load, voltage: null, state, lost: "" }, texts, language);
    const ids = new Set(sources.map(({ id }) => id));
    for (const [id, link] of this._links) if (id && !ids.has(id)) this._forget(id, link);
    for (const source of sources) {
      const silent = withoutMains(source);
      const shown = silent ? { ...source, power: 0, state: texts.no_mains, lost: /** @type {const} */ ("") } : source;
      this._node(source).update(shown, texts, language);
    }
    setChildren(
      this._sources,
      sources.map((source) => this._node(source).element),
    );
    for (const source of sources) this._link(source.id).carry(source.lost ? null : source.power);
    this._link("").carry(load);
    if (this._shape !== [...ids].join()) {
      this._shape = [...ids].join();
      this._lay();
    }
    this._move();
  }

  /** @param {import("./system.js").Source} source */
  _node(source) {
    let node = this._nodes.get(source.id);
    if (!node) this._nodes.set(source.id, (node = new Node(source.kind, this._onSelect)));
    return node;
  }

  /** @param {string} id */
  _link(id) {
    let link = this._links.get(id);
    if (!link) {
      this._links.set(id, (link = new Link(this._dots)));
      this._lines.append(link.element);
    }
    return link;
  }

  /**
   * @param {string} id
   * @param {Link} link
   */
  _forget(id, link) {
    link.still();
    link.element.remove();
    this._links.delete(id);
    this._nodes.delete(id);
  }

  /** Put the lines where the nodes are now. */
  _lay() {
    const origin = this.element.getBoundingClientRect();
    if (!origin.width) return;
    const across = origin.width >= ACROSS_PX;
    setAttribute(this.element, "data-way", across ? "across" : "down");
    const mirrored = getComputedStyle(this.element).direction === "rtl";
    /** @param {Element} element */
    const box = (element) => element.getBoundingClientRect();
    /** @param {DOMRect} one @param {boolean} out whether the line leaves it */
    const edge = (one, out) =>
      across
        ? { x: (out !== mirrored ? one.right : one.left) - origin.left, y: one.top - origin.top + one.height / 2 }
        : { x: one.left - origin.left + one.width / 2, y: (out ? one.bottom : one.top) - origin.top };
    const curve = across ? horizontalCurve : verticalCurve;
    const ring = box(this._ring.element);
    for (const [id, link] of this._links) {
      const node = id ? this._nodes.get(id) : this._loads;
      if (!node) continue;
      const end = box(node.element);
      link.lay(id ? curve(edge(end, true), edge(ring, false)) : curve(edge(ring, true), edge(end, false)));
    }
    this._move();
  }

  /** Let the dots run, rest, or give way to arrows. */
  _move() {
    const running = this._sight.seen && !document.hidden;
    const most = Math.max(1, Math.floor(MOST_DOTS / this._links.size));
    for (const link of this._links.values()) link.move(this._less.matches, running, most);
  }
}

/** A source or the loads, as a button. */
class Node {
  /**
   * @param {import("./icons.js").Icon} kind
   * @param {(id: string) => void} onSelect
   */
  constructor(kind, onSelect) {
    this._name = html("span", { class: "name" });
    this._value = html("span", { class: "value" });
    this._unit = html("span", { class: "unit" });
    this._state = html("span", { class: "state" });
    this.element = html(
      "button",
      { type: "button", class: `node ${kind}` },
      svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[kind] })),
      ...spaced(this._name, html("span", { class: "quantity" }, ...spaced(this._value, this._unit)), this._state),
    );
    this._id = "";
    this.element.addEventListener("click", () => onSelect(this._id));
  }

  /**
   * @param {Omit<import("./system.js").Source, "kind">} node
   * @param {import("./texts.js").Texts} texts
   * @param {string} language
   */
  update(node, texts, language) {
    this._id = node.id;
    const isVoltage = node.power === null && node.voltage !== null && !node.lost;
    const { value, unit } = isVoltage ? voltage(node.voltage, language) : power(node.lost ? null : node.power, language);
    const state = node.lost ? texts[node.lost] : node.state;
    setText(this._name, node.name);
    setText(this._value, value);
    setText(this._unit, unit);
    setText(this._state, state);
    setAttribute(this.element, "data-id", node.id);
    setAttribute(this.element, "data-lost", node.lost || null);
    setAttribute(this.element, "aria-label", [node.name, `${value} ${unit}`, state].filter(Boolean).join(", "));
  }
}

/** One line with its dots. */
class Link {
  /** @param {Element} layer where the dots live */
  constructor(layer) {
    this._layer = layer;
    this._line = svg("path", { class: "line" });
    this._arrow = svg("path", { class: "arrow", d: "M-5 -5L5 0L-5 5z" });
    this.element = svg("g", {}, this._line, this._arrow);
    /** @type {import("./geometry.js").Point[]} */
    this._way = [];
    /** @type {Animation[]} */
    this._running = [];
    /** @type {number | null} */
    this._power = null;
  }

  /** @param {number | null} watts */
  carry(watts) {
    this._power = watts;
    setAttribute(this.element, "class", flows(watts) ? "flowing" : "quiet");
  }

  /** @param {import("./geometry.js").Curve} curve */
  lay(curve) {
    const way = path(curve);
    if (this._line.getAttribute("d") === way) return;
    this._line.setAttribute("d", way);
    this._way = evenly(curve, STEP_PX);
    const middle = Math.floor(this._way.length / 2);
    const { x, y } = this._way[middle];
    const before = this._way[Math.max(0, middle - 1)];
    const degrees = (Math.atan2(y - before.y, x - before.x) * 180) / Math.PI;
    this._arrow.setAttribute("transform", `translate(${x} ${y}) rotate(${degrees})`);
    this.still();
  }

  /**
   * @param {boolean} less motion is wanted
   * @param {boolean} running somebody looks
   * @param {number} most dots
   */
  move(less, running, most) {
    const flowing = flows(this._power) && this._way.length > 1;
    setAttribute(this._arrow, "hidden", flowing && less ? null : "");
    if (!flowing || less) {
      this.still();
      return;
    }
    if (!this._running.length) this._begin(most);
    const wanted = Math.min(FASTEST, Math.max(SLOWEST, Math.sqrt(Math.abs(this._power ?? 0) / USUAL_W)));
    for (const animation of this._running) {
      // only what differs: each of these sends the whole animation to the compositor anew
      const differs = Math.abs(animation.playbackRate - wanted) > wanted * SEEN_DIFFERENCE;
      if (differs) animation.updatePlaybackRate(wanted); // which keeps the phase
      if (running && animation.playState === "paused") animation.play();
      if (!running && animation.playState !== "paused") animation.pause();
    }
  }

  /** Take the dots away. */
  still() {
    for (const animation of this._running) {
      animation.cancel();
      /** @type {KeyframeEffect} */ (animation.effect).target?.remove();
    }
    this._running = [];
  }

  /** @param {number} most dots */
  _begin(most) {
    const length = lengthOf(this._way);
    const duration = (length / SPEED_PX_S) * 1000;
    const frames = this._way.map(({ x, y }) => ({ transform: `translate(${x}px, ${y}px)` }));
    const count = Math.max(1, Math.min(most, Math.floor(length / SPACING_PX)));
    for (let number = 0; number < count; number++) {
      const dot = html("div", { class: "dot" });
      this._layer.append(dot);
      const animation = dot.animate(frames, { duration, iterations: Infinity });
      animation.currentTime = (duration * number) / count;
      this._running.push(animation);
    }
  }
}
