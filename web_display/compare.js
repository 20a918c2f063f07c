// @ts-check
/** Comparison of two strides at the same percentage: matching frames, and an overlay. */

import { placing, present } from "./geometry.js";
import { dot, line } from "./ink.js";
import { LEGS, SHOULDERS } from "./skeleton.js";

/** @typedef {import("./replay.js").Clip} Clip */
/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").Stride} Stride */
/** @typedef {{side: Side, near: boolean, startS: number, endS: number, stride: Stride}} Piece a stride inside a clip */

// Vermilion of the colour-blind safe palette; dashes also distinguish it from the near leg's blue.
export const GHOST = "#f0a46a";

/**
 * The strides that are entirely within a clip, oldest first.
 * @param {Clip} clip
 * @param {Stride[]} strides
 * @returns {Piece[]}
 */
export function piecesOf(clip, strides) {
  return strides.flatMap((stride) => {
    const { start_s: startS, end_s: endS, side, near } = stride;
    if (startS === null || endS === null || startS < clip.startS || endS > clip.endS) return [];
    return [{ side, near, startS, endS, stride }];
  });
}

/** The frame at a fraction of a stride. @param {Clip} clip @param {Piece} piece @param {number} share 0 to 1 */
export const frameAt = (clip, piece, share) => clip.indexAt(piece.startS + share * (piece.endS - piece.startS));

/** Length of a leg in the picture, hip to knee to ankle; null if incomplete. @param {FrameHeader} frame @param {Side} side */
function legPx(frame, side) {
  const [hip, knee, ankle] = LEGS[side].map((i) => frame.xy_px[i] ?? null);
  if (!hip || !knee || !ankle) return null;
  return Math.hypot(hip[0] - knee[0], hip[1] - knee[1]) + Math.hypot(knee[0] - ankle[0], knee[1] - ankle[1]);
}

/**
 * Map points of one frame into another: hips aligned, leg lengths equal, mirrored if facing differs.
 * @param {FrameHeader} from
 * @param {Side} fromSide
 * @param {FrameHeader} to
 * @param {Side} toSide
 * @returns {((point: [number, number]) => [number, number]) | null}
 */
export function laidOver(from, fromSide, to, toSide) {
  const [a, b] = [from.xy_px[LEGS[fromSide][0]] ?? null, to.xy_px[LEGS[toSide][0]] ?? null];
  const [lengthA, lengthB] = [legPx(from, fromSide), legPx(to, toSide)];
  if (!a || !b || !lengthA || !lengthB) return null;
  const scale = lengthB / lengthA;
  const across = from.facing && to.facing && from.facing !== to.facing ? -scale : scale;
  return ([x, y]) => [b[0] + across * (x - a[0]), b[1] + scale * (y - a[1])];
}

/**
 * Draw the leg and trunk of one frame over another that is already painted.
 * @param {HTMLCanvasElement} overlay the canvas with the other frame's points
 * @param {{frame: FrameHeader, side: Side}} ghost
 * @param {{frame: FrameHeader, side: Side}} under
 */
export function drawGhost(overlay, ghost, under) {
  const over = laidOver(ghost.frame, ghost.side, under.frame, under.side);
  const box = overlay.dataset.box?.split(" ").map(Number);
  if (!over || !box) return;
  const [x, y, width, height] = box;
  const [w, h] = under.frame.size_px;
  const place = placing({ x: 0, y: 0, width: w, height: h }, { x, y, width, height });
  const [hip, knee, ankle, heel, toe] = LEGS[ghost.side].map((i) => ghost.frame.xy_px[i] ?? null);
  const shoulder = ghost.frame.xy_px[SHOULDERS[ghost.side]] ?? null;
  const ink = /** @type {CanvasRenderingContext2D} */ (overlay.getContext("2d"));
  const u = width / 1000;
  const pen = { colour: GHOST, width: 6 * u, dash: [14 * u, 8 * u] };
  line(ink, present([shoulder, hip, knee, ankle]).map((p) => place(over(p))), pen);
  line(ink, present([ankle, heel, toe, ankle]).map((p) => place(over(p))), pen);
  for (const point of present([knee, ankle, toe])) dot(ink, place(over(point)), 6 * u, GHOST);
}
