// @ts-check
/** Two strides at the same hundredth of their way: which frames, and one laid over the other. */

import { placing, present } from "./geometry.js";
import { dot, line } from "./ink.js";
import { LEGS, SHOULDERS } from "./skeleton.js";

/** @typedef {import("./replay.js").Clip} Clip */
/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").Stride} Stride */
/** @typedef {{side: Side, near: boolean, startS: number, endS: number, stride: Stride}} Piece a stride inside a clip */

// Vermilion of the colour-blind safe palette: apart from the near leg's blue, also by its dashes.
export const GHOST = "#f0a46a";

/**
 * The strides that lie wholly in a clip, oldest first.
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

/** The frame at a part of a stride. @param {Clip} clip @param {Piece} piece @param {number} share 0 to 1 */
export const frameAt = (clip, piece, share) => clip.indexAt(piece.startS + share * (piece.endS - piece.startS));

/** Length of a leg as drawn, hip to knee to ankle; null where it is not whole. @param {FrameHeader} frame @param {Side} side */
function legPx(frame, side) {
  const [hip, knee, ankle] = LEGS[side].map((i) => frame.xy_px[i] ?? null);
  if (!hip || !knee || !ankle) return null;
  return Math.hypot(hip[0] - knee[0], hip[1] - knee[1]) + Math.hypot(knee[0] - ankle[0], knee[1] - ankle[1]);
}

/**
 * How points of one frame go into another: hip on hip, leg as long as leg. Running the other way, mirrored.
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
 * @param {HTMLCanvasElement} overlay where the other one's points are
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
