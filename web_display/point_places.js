// @ts-check
/** The four points of a leg that an operator sets on a still: where they are, and where they may go. */

/** @typedef {import("./wire.d.ts").StillHeader} StillHeader */
/** @typedef {import("./wire.d.ts").SetPoints} SetPoints */
/** @typedef {"knee" | "ankle" | "heel" | "toe"} PointName */
/** @typedef {Record<PointName, [number, number]>} Places */

/** In the order of `leg_px`, after the hip. @type {PointName[]} */
export const POINTS = ["knee", "ankle", "heel", "toe"];

/**
 * The points of a still, in pixels of its picture; null if one is missing, or the picture.
 * @param {StillHeader} still
 * @returns {Places | null}
 */
export function placesOf(still) {
  if (!still.size_px || !still.near) return null;
  /** @type {Partial<Places>} */
  const places = {};
  for (const [at, name] of POINTS.entries()) {
    const point = still.leg_px?.[at + 1];
    if (!point) return null;
    places[name] = [point[0], point[1]];
  }
  return /** @type {Places} */ (places);
}

/**
 * A place moved, but not out of the picture.
 * @param {[number, number]} place
 * @param {[number, number]} by
 * @param {[number, number]} size
 * @returns {[number, number]}
 */
export function moved([x, y], [dx, dy], [width, height]) {
  return [Math.min(Math.max(x + dx, 0), width - 1), Math.min(Math.max(y + dy, 0), height - 1)];
}

/**
 * The step of an arrow key, in pixels of the picture; null for any other key.
 * @param {{key: string, shiftKey: boolean}} event
 * @returns {[number, number] | null}
 */
export function stepOf({ key, shiftKey }) {
  const far = shiftKey ? 5 : 1;
  /** @type {Record<string, [number, number]>} */
  const steps = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
  return steps[key] ?? null;
}

/**
 * The command that sets the points of a still.
 * @param {StillHeader} still
 * @param {Places} places
 * @returns {Omit<SetPoints, "id" | "heartbeat">}
 */
export function setting({ kind, side, time_s }, places) {
  return { type: "set_points", kind, side, time_s: time_s ?? 0, ...places };
}
