/** The course of one value as a few columns, however many rows the recorder has. */

export const COLUMNS = 96; // as many as a small curve can show

/** One state change: text as Home Assistant writes it, and when, in seconds. @typedef {{ s: string, lu: number }} Row */
/** What was written within a column; `last` is null when the value was not known at its end.
 * @typedef {{ sum: number, count: number, last: number | null }} Column */

/** One value's course. */
export class Trace {
  /** @param {number} span seconds from the left end to the right */
  constructor(span) {
    this._width = span / COLUMNS;
    /** @type {Map<number, Column>} by their place since 1970 */
    this._columns = new Map();
  }

  /**
   * Add state changes; what is older than the span counts as what the curve begins with.
   * @param {Row[]} rows in the order of their time
   * @param {number} now in seconds
   */
  take(rows, now) {
    const first = this._first(now);
    for (const { s, lu } of rows) {
      const place = Math.max(first, Math.floor(lu / this._width));
      const value = s.trim() === "" ? NaN : Number(s);
      const column = this._columns.get(place) ?? { sum: 0, count: 0, last: null };
      column.last = Number.isFinite(value) ? value : null;
      if (column.last !== null) {
        column.sum += column.last;
        column.count += 1;
      }
      this._columns.set(place, column);
    }
    this._forget(first);
  }

  /**
   * Return the mean of each column, the newest last; null where nothing was known.
   * @param {number} now in seconds
   * @returns {(number | null)[]}
   */
  values(now) {
    const first = this._first(now);
    this._forget(first);
    /** @type {number | null} */
    let last = null;
    return Array.from({ length: COLUMNS }, (_, index) => {
      const column = this._columns.get(first + index);
      if (!column) return last; // a state stands until the next one
      last = column.last;
      return column.count ? column.sum / column.count : last;
    });
  }

  /** @param {number} now */
  _first(now) {
    return Math.floor(now / this._width) - COLUMNS + 1;
  }

  /**
   * Drop what is left of the curve, but for the state that it begins with.
   * @param {number} first
   */
  _forget(first) {
    const old = [...this._columns.keys()].filter((place) => place < first).sort((a, b) => a - b);
    for (const place of old) {
      const column = this._columns.get(place);
      this._columns.delete(place);
      if (column && !this._columns.has(first) && place === old[old.length - 1]) {
        const { last } = column;
        this._columns.set(first, { sum: last ?? 0, count: last === null ? 0 : 1, last });
      }
    }
  }
}
