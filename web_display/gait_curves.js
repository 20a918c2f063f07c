// @ts-check
/** Joint angles of one leg over one stride, from the points of its frames. */

import { LEGS } from "./skeleton.js";

/** @typedef {import("./replay.js").Clip} Clip */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {"hip" | "knee" | "ankle"} Joint */
/** @typedef {Record<Joint, (number | null)[]>} Curves one value per hundredth of the stride */

export const POINTS = 101;

/** @param {number} dx forward @param {number} dy up */
const degrees = (dx, dy) => (Math.atan2(dx, dy) * 180) / Math.PI;

/**
 * Angles of one leg in one frame, seen from the side.
 *
 * Hip is the thigh against the vertical, forward positive; knee is 0 when straight, flexion
 * positive; ankle is the foot's line against a right angle to the shank, toes up positive.
 * @param {import("./wire.d.ts").FrameHeader} frame
 * @param {Side} side
 * @param {number} forward +1 if the runner faces the right of the picture, else -1
 * @returns {Record<Joint, number> | null}
 */
export function angles(frame, side, forward) {
  const points = LEGS[side].map((index) => frame.xy_px[index] ?? null);
  if (points.some((p) => p === null)) return null;
  const [hip, knee, ankle, heel, toe] = /** @type {[number, number][]} */ (points);
  /** Forward and up from one point to another. @param {[number, number]} a @param {[number, number]} b */
  const way = (a, b) => /** @type {const} */ ([forward * (b[0] - a[0]), a[1] - b[1]]);
  const thigh = way(knee, hip);
  const shank = way(ankle, knee);
  const foot = way(heel, toe);
  const thighLean = degrees(thigh[0], thigh[1]);
  const shankLean = degrees(shank[0], shank[1]);
  const footUp = (Math.atan2(foot[1], foot[0]) * 180) / Math.PI;
  return { hip: -thighLean, knee: shankLean - thighLean, ankle: footUp + shankLean };
}

/**
 * The same at every percent of a stride; null where frames are missing.
 * @param {Clip} clip
 * @param {{side: Side, startS: number, endS: number}} stride
 * @returns {Curves}
 */
export function curvesOf(clip, { side, startS, endS }) {
  const facing = clip.frames.find(({ header }) => header.facing)?.header.facing ?? "right";
  const forward = facing === "right" ? 1 : -1;
  const seen = clip.frames
    .map(({ header }) => ({ timeS: header.time_s ?? Number.NaN, at: angles(header, side, forward) }))
    .filter(({ timeS, at }) => at && timeS >= startS - 0.1 && timeS <= endS + 0.1);
  /** @type {Curves} */
  const curves = { hip: [], knee: [], ankle: [] };
  let right = 0;
  for (let i = 0; i < POINTS; i += 1) {
    const timeS = startS + ((endS - startS) * i) / (POINTS - 1);
    while (right < seen.length && seen[right].timeS < timeS) right += 1;
    const [a, b] = [seen[right - 1], seen[right]];
    // Nothing is drawn across a gap.
    const near = a?.at && b?.at && b.timeS - a.timeS < 0.1;
    for (const joint of /** @type {Joint[]} */ (["hip", "knee", "ankle"])) {
      const share = near ? (timeS - a.timeS) / (b.timeS - a.timeS) : 0;
      curves[joint].push(near && a.at && b.at ? a.at[joint] + share * (b.at[joint] - a.at[joint]) : null);
    }
  }
  return curves;
}
