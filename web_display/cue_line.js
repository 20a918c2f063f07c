// @ts-check
/**
 * One cue at a time, long enough to be read, then quiet. Times are seconds of the page's clock.
 *
 * How seldom cues come is the station's own rule; one that an operator gives is not held back by it.
 */

export const SHOWN_AT_LEAST_S = 6;
export const SHOWN_AT_MOST_S = 12;

export class CueLine {
  /** @type {string | null} */ #shown = null;
  /** @type {string | null} */ #next = null;
  #sinceS = 0;

  /** Take away what is shown, and what waits. */
  clear() {
    this.#shown = null;
    this.#next = null;
  }

  /** Take a new cue; it waits until the one on the screen has had its time. @param {string} wording */
  take(wording) {
    this.#next = wording;
  }

  /** What to show now; null is quiet. @param {number} nowS */
  at(nowS) {
    const age = nowS - this.#sinceS;
    if (this.#next !== null && (this.#shown === null || age >= SHOWN_AT_LEAST_S)) {
      this.#shown = this.#next;
      this.#next = null;
      this.#sinceS = nowS;
    } else if (this.#shown !== null && age >= SHOWN_AT_MOST_S) {
      this.#shown = null;
    }
    return this.#shown;
  }
}
