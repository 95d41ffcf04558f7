/** The courses of some values from Home Assistant's recorder, kept up to date as long as somebody looks. */

import { Trace } from "./trace.js";

/** @import { Connection } from "./home_assistant.js" */
/** @import { Row } from "./trace.js" */

/** Follows the recorder. */
export class History {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this._onChange = onChange;
    /** @type {Map<string, Trace>} */
    this._traces = new Map();
    this._wanted = "";
    this._turn = 0; // an answer to an earlier question comes too late
    this._end = () => {};
    this._again = () => this._ask();
  }

  /**
   * Follow these entities; the same again changes nothing.
   * @param {Connection} connection
   * @param {string[]} ids
   * @param {number} hours
   */
  follow(connection, ids, hours) {
    const wanted = `${hours} ${ids.join()}`;
    if (wanted === this._wanted && connection === this._connection) return;
    this.stop();
    this._wanted = wanted;
    this._connection = connection;
    this._ids = ids;
    this._span = hours * 3600;
    // a lost connection is asked anew, so that the beginning moves on
    connection.addEventListener("ready", this._again);
    this._ask();
  }

  /** End it. */
  stop() {
    this._turn += 1;
    this._wanted = "";
    this._connection?.removeEventListener("ready", this._again);
    this._end();
    this._end = () => {};
    this._traces.clear();
  }

  /**
   * Return the course of an entity, nothing if there is none.
   * @param {string} id
   * @returns {(number | null)[]}
   */
  values(id) {
    return this._traces.get(id)?.values(Date.now() / 1000) ?? [];
  }

  async _ask() {
    if (!this._connection || !this._ids?.length) return;
    const turn = ++this._turn;
    const span = this._span ?? 0;
    this._traces = new Map(this._ids.map((id) => [id, new Trace(span)]));
    const request = {
      type: "history/stream",
      entity_ids: this._ids,
      start_time: new Date(Date.now() - span * 1000).toISOString(),
      minimal_response: true,
      no_attributes: true,
      significant_changes_only: false,
    };
    /** @param {{ states: Record<string, Row[]> }} message */
    const take = ({ states }) => {
      if (turn !== this._turn) return;
      for (const id in states) this._traces.get(id)?.take(states[id], Date.now() / 1000);
      this._onChange();
    };
    try {
      const end = await this._connection.subscribeMessage(take, request, { resubscribe: false });
      const quietly = () => void end().catch(() => {}); // the connection may be gone
      if (turn === this._turn) this._end = quietly;
      else quietly();
    } catch {
      // no recorder: no curve, which is what an empty one looks like
    }
  }
}
