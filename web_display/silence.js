// @ts-check
/** Judges, by the page's own clock, whether the station has fallen silent. */

// As long as the station waits for the page. It sends a heartbeat twice a second.
export const SILENT_MS = 3000;
// A page that has just been looked at again, or has slept, hears within this time if the link lives.
export const DOUBT_MS = 1500;
// Browsers run a hidden page's timers once a second; a longer gap means that the page itself slept.
const SLEPT_MS = 2000;

export class Silence {
  #heardMs;
  #lookedMs;

  /** @param {number} nowMs */
  constructor(nowMs) {
    this.#heardMs = nowMs;
    this.#lookedMs = nowMs;
  }

  /** Something came from the station. @param {number} nowMs */
  heard(nowMs) {
    this.#heardMs = nowMs;
  }

  /** The link may be dead: allow only a short silence from here on. @param {number} nowMs */
  doubt(nowMs) {
    this.#heardMs = nowMs - SILENT_MS + DOUBT_MS;
    this.#lookedMs = nowMs;
  }

  /** Whether the link is dead; to be asked a few times a second. @param {number} nowMs */
  isDead(nowMs) {
    const slept = nowMs - this.#lookedMs > SLEPT_MS;
    this.#lookedMs = nowMs;
    // What came while the page slept has yet to be delivered.
    if (slept) this.doubt(nowMs);
    return nowMs - this.#heardMs > SILENT_MS;
  }
}
