/** Asks the node again and again: not in a hidden tab, ever more seldom while nothing answers. */

const EVERY_MS = 2000;
const LONGEST_MS = 30_000;
const ANSWER_MS = 4000;

/** One page's questions. */
export class Poll {
  /**
   * @param {string} url
   * @param {(state: any) => void} onState
   * @param {() => void} onSilence
   */
  constructor(url, onState, onSilence) {
    this._url = url;
    this._onState = onState;
    this._onSilence = onSilence;
    this._failures = 0;
    this._timer = 0;
    this._asking = false;
    /** When the next question is due, in ms since 1970. */
    this.next = 0;
  }

  start() {
    document.addEventListener("visibilitychange", () => this._wake());
    addEventListener("online", () => this._wake());
    this._ask();
  }

  /** Somebody looks again: what is on the screen may be old. */
  _wake() {
    clearTimeout(this._timer);
    if (!document.hidden) this._ask();
  }

  async _ask() {
    if (this._asking) return;
    this._asking = true;
    let state;
    try {
      const answer = await fetch(this._url, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
      state = answer.ok && (await answer.json());
    } catch {
      // whoever does not answer is asked again
    }
    this._asking = false;
    this._failures = state ? 0 : this._failures + 1;
    clearTimeout(this._timer);
    const wait = Math.min(LONGEST_MS, EVERY_MS * 2 ** this._failures);
    this.next = Date.now() + (this._failures ? wait : EVERY_MS);
    if (!document.hidden) this._timer = window.setTimeout(() => this._ask(), this.next - Date.now());
    if (state) this._onState(state);
    else this._onSilence();
  }
}
