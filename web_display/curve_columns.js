// @ts-check
/** The columns of a curve plot. */

/** @typedef {import("./wire.d.ts").Curves} Curves */
/** @typedef {"hip" | "knee" | "ankle"} Joint */
/** @typedef {Record<`${Joint}_deg`, {mean: number[], sd: number[]}>} Reference */

const POINTS = 51;
const X = Array.from({ length: POINTS }, (_, i) => (100 * i) / (POINTS - 1));
const NONE = X.map(() => null);

/**
 * What uPlot draws for a joint: percent of the stride, top and bottom of the band, curves A and B.
 * @param {Joint} joint @param {(Curves | null)[]} curves @param {Reference | null} reference
 */
export function columns(joint, curves, reference) {
  const band = reference?.[`${joint}_deg`];
  const edges = band ? [1, -1].map((sign) => band.mean.map((mean, i) => mean + sign * band.sd[i])) : [NONE, NONE];
  const drawn = [X, ...edges, ...[0, 1].map((which) => curves[which]?.[`${joint}_deg`] ?? NONE)];
  return /** @type {import("./plots.js").Columns} */ (drawn);
}
