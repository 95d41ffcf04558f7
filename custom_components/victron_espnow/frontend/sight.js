/**
 * Whether an element can be seen.
 *
 * An observer that stays makes the browser look at every frame: beside animations that the compositor runs by itself,
 * that alone wakes the main thread sixty times a second, and one look costs three frames. So while the element is seen,
 * somebody looks now and then; what comes into sight is seen at once.
 */

const LOOK_EVERY_MS = 5000;

/** Watches one element. */
export class Sight {
  /**
   * @param {Element} element
   * @param {(seen: boolean) => void} onChange
   */
  constructor(element, onChange) {
    this.seen = false;
    this._element = element;
    this._onChange = onChange;
    this._timer = 0;
    this._observer = new IntersectionObserver((entries) => this._take(entries[entries.length - 1].isIntersecting));
  }

  /** Begin. */
  start() {
    this._observer.observe(this._element);
  }

  /** End; what is not watched counts as not seen. */
  stop() {
    this._observer.disconnect();
    clearTimeout(this._timer);
    this.seen = false;
  }

  /** @param {boolean} seen */
  _take(seen) {
    if (seen) {
      this._observer.disconnect();
      this._timer = window.setTimeout(() => this.start(), LOOK_EVERY_MS);
    }
    if (seen === this.seen) return;
    this.seen = seen;
    this._onChange(seen);
  }
}
