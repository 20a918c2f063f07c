// @ts-check
/**
 * One cue at a time, long enough to be read, then nothing. Times are seconds of the page's clock.
 *
 * The station decides how often cues come; a cue given by an operator is not delayed.
 */

export const SHOWN_AT_LEAST_S = 6;
export const SHOWN_AT_MOST_S = 12;

export class CueLine {
  /** @type {string | null} */ #shown = null;
  /** @type {string | null} */ #next = null;
  #sinceS = 0;

  /** Clear the current cue and the pending one. */
  clear() {
    this.#shown = null;
    this.#next = null;
  }

  /** Add a cue; it waits until the one on screen has had its time. @param {string} wording */
  take(wording) {
    this.#next = wording;
  }

  /** The cue to show now; null for none. @param {number} nowS */
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
