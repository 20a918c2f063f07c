// @ts-check
/** Means with their intervals, and a trend that stays small however long it grows. */

// Student's t, two-sided 95 %, for 1 to 30 degrees of freedom.
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** @typedef {{count: number, sum: number, squares: number}} Sums */
/** @typedef {{mean: number, low: number | null, high: number | null, count: number}} Estimate */

/** @param {Sums} sums @returns {Estimate | null} the interval is absent below three values */
export function estimate({ count, sum, squares }) {
  if (count === 0) return null;
  const mean = sum / count;
  if (count < 3) return { mean, low: null, high: null, count };
  const variance = Math.max(0, (squares - count * mean * mean) / (count - 1));
  const half = (T95[Math.min(count - 1, T95.length) - 1] * Math.sqrt(variance)) / Math.sqrt(count);
  return { mean, low: mean - half, high: mean + half, count };
}

/** @param {(number | null)[]} values absent ones are left out */
export function estimateOf(values) {
  /** @type {Sums} */
  const sums = { count: 0, sum: 0, squares: 0 };
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    sums.count += 1;
    sums.sum += value;
    sums.squares += value * value;
  }
  return estimate(sums);
}

export const MOST_BINS = 1200;
const FIRST_WIDTH_S = 0.5;
const ROLLING = 10;

/** Values over time in bins of one width, which doubles when there are too many bins. */
export class Trend {
  #widthS = FIRST_WIDTH_S;
  /** @type {Map<number, Sums>} */ #bins = new Map();

  /** @param {number} timeS @param {number | null} value */
  add(timeS, value) {
    if (value === null || !Number.isFinite(value)) return;
    this.#into(Math.floor(timeS / this.#widthS), { count: 1, sum: value, squares: value * value });
    if (this.#bins.size > MOST_BINS) this.#coarsen();
  }

  get size() {
    return this.#bins.size;
  }

  clear() {
    this.#bins.clear();
    this.#widthS = FIRST_WIDTH_S;
  }

  /** @param {number} place @param {Sums} more */
  #into(place, more) {
    const bin = this.#bins.get(place) ?? { count: 0, sum: 0, squares: 0 };
    bin.count += more.count;
    bin.sum += more.sum;
    bin.squares += more.squares;
    this.#bins.set(place, bin);
  }

  #coarsen() {
    const old = this.#bins;
    this.#bins = new Map();
    this.#widthS *= 2;
    for (const [place, bin] of old) this.#into(Math.floor(place / 2), bin);
  }

  /**
   * The mean of the last ten values at each time, with its interval.
   * @returns {{timeS: number, estimate: Estimate}[]} in the order of time
   */
  rolling() {
    const places = [...this.#bins.keys()].sort((a, b) => a - b);
    return places.flatMap((place, index) => {
      const sums = { count: 0, sum: 0, squares: 0 };
      for (let i = index; i >= 0 && sums.count < ROLLING; i -= 1) {
        const bin = /** @type {Sums} */ (this.#bins.get(places[i]));
        sums.count += bin.count;
        sums.sum += bin.sum;
        sums.squares += bin.squares;
      }
      const found = estimate(sums);
      return found ? [{ timeS: (place + 0.5) * this.#widthS, estimate: found }] : [];
    });
  }
}
