// @ts-check
/** A trend of bounded size. Means and intervals come from the station. */

/** @typedef {import("./wire.d.ts").Estimate} Estimate */
/** @typedef {{timeS: number, estimate: Estimate}} Moment */

export const MOST_BINS = 1200;
const FIRST_WIDTH_S = 0.5;

/** Estimates over time, the last of each bin; the bin width doubles when there are too many bins. */
export class Trend {
  #widthS = FIRST_WIDTH_S;
  /** @type {Map<number, Moment>} */ #bins = new Map();

  /** Add an estimate, in order of time. @param {number} timeS @param {Estimate | undefined} estimate */
  add(timeS, estimate) {
    if (!estimate) return;
    this.#bins.set(Math.floor(timeS / this.#widthS), { timeS, estimate });
    if (this.#bins.size > MOST_BINS) this.#coarsen();
  }

  get size() {
    return this.#bins.size;
  }

  clear() {
    this.#bins.clear();
    this.#widthS = FIRST_WIDTH_S;
  }

  #coarsen() {
    const moments = [...this.#bins.values()];
    this.#bins = new Map();
    this.#widthS *= 2;
    for (const moment of moments) this.#bins.set(Math.floor(moment.timeS / this.#widthS), moment);
  }

  /** The binned estimates. @returns {Moment[]} in order of time */
  moments() {
    return [...this.#bins.values()].sort((a, b) => a.timeS - b.timeS);
  }
}
