// @ts-check
/** A picture and, on a second canvas, the keypoints of the same frame. */

import { sideLetter } from "./format.js";
import { fit, placing, present } from "./geometry.js";
import { colours, dot, font, line, prepare } from "./ink.js";
import { ARMS, LEGS, SHOULDERS } from "./skeleton.js";
import { attribute } from "./write.js";

/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {import("./geometry.js").Place} Place */

const PATH_S = 0.7;
const TOE = 4;

export class Overlay {
  #picture;
  #overlay;
  #letters;
  /** @type {{timeS: number, at: [number, number]}[]} */ #path = [];

  /**
   * @param {HTMLCanvasElement} picture
   * @param {HTMLCanvasElement} overlay
   * @param {boolean} [letters] whether the sides are written on the knees
   */
  constructor(picture, overlay, letters = true) {
    this.#picture = picture;
    this.#overlay = overlay;
    this.#letters = letters;
  }

  /** Drop the path of the previous runner's toe. */
  forget() {
    this.#path = [];
  }

  /**
   * Paint a frame's picture and its keypoints together.
   * @param {FrameHeader} frame
   * @param {ImageBitmap | null} bitmap null where no picture leaves the station
   * @param {Box | null} [part] of the picture that fills the canvas; by default all of it
   */
  paint(frame, bitmap, part = null) {
    const below = prepare(this.#picture);
    const [width, height] = frame.size_px;
    const shown = part ?? { x: 0, y: 0, width, height };
    const place = placing(shown, fit([shown.width, shown.height], below.width, below.height));
    const [left, top] = place([0, 0]);
    const [right, bottom] = place([width, height]);
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    if (bitmap) below.ink.drawImage(bitmap, box.x, box.y, box.width, box.height);
    attribute(this.#overlay, "data-box", [box.x, box.y, box.width, box.height].join(" "));
    const { ink, u } = prepare(this.#overlay);
    this.#walk(frame);
    if (!frame.xy_px.length) return;
    const near = frame.near_side;
    ink.save();
    ink.beginPath();
    ink.rect(box.x, box.y, box.width, box.height);
    ink.clip();
    if (near === null) {
      drawLeg(ink, frame, "left", place, u, false, this.#letters);
      drawLeg(ink, frame, "right", place, u, false, this.#letters);
    } else {
      drawLeg(ink, frame, near === "left" ? "right" : "left", place, u, false, this.#letters);
      drawPath(ink, this.#path, place, u);
      drawTrunk(ink, frame, near, place, u);
      drawLeg(ink, frame, near, place, u, true, this.#letters);
    }
    ink.restore();
  }

  /** Track the recent path of the near toe. @param {FrameHeader} frame */
  #walk(frame) {
    const last = this.#path.at(-1);
    const now = frame.time_s;
    const toe = frame.near_side && frame.xy_px[LEGS[frame.near_side][TOE]];
    if (!toe || now === null || frame.breaks || (last && now < last.timeS)) this.#path = [];
    if (!toe || now === null) return;
    this.#path.push({ timeS: now, at: [toe[0], toe[1]] });
    this.#path = this.#path.filter(({ timeS }) => timeS > now - PATH_S);
  }
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {FrameHeader} frame
 * @param {Side} side
 * @param {Place} place
 * @param {number} u
 * @param {boolean} near
 * @param {boolean} letters
 */
function drawLeg(ink, frame, side, place, u, near, letters) {
  const [hip, knee, ankle, heel, toe] = LEGS[side].map((index) => frame.xy_px[index]);
  const pen = near
    ? { colour: colours.near, width: 9 * u }
    : { colour: colours.far, width: 3.5 * u, dash: [12 * u, 9 * u] };
  // An undetected leg is drawn pale at the position predicted from earlier strides.
  const pale = LEGS[side].some((index) => frame.visibility[index] === 0) ? 0.45 : 1;
  ink.globalAlpha = (near ? 1 : 0.75) * pale;
  line(ink, present([hip, knee, ankle]).map(place), pen);
  line(ink, present([ankle, heel, toe, ankle]).map(place), { ...pen, width: pen.width * 0.7 });
  if (near) {
    for (const point of present([hip, ankle, toe])) dot(ink, place(point), 8 * u, colours.light);
  }
  ink.globalAlpha = 1;
  if (letters && knee) letter(ink, sideLetter(side), place([knee[0], knee[1]]), u, near);
}

/**
 * The side's letter on the knee: a filled disc on the near leg, a ring on the far one.
 * @param {CanvasRenderingContext2D} ink
 * @param {string} text
 * @param {[number, number]} at
 * @param {number} u
 * @param {boolean} near
 */
function letter(ink, text, at, u, near) {
  ink.beginPath();
  ink.arc(at[0], at[1], 21 * u, 0, 2 * Math.PI);
  ink.fillStyle = near ? colours.near : "rgba(10, 13, 18, 0.75)";
  ink.fill();
  ink.lineWidth = 3 * u;
  ink.strokeStyle = near ? colours.dark : colours.far;
  ink.stroke();
  ink.fillStyle = near ? colours.dark : colours.far;
  ink.font = font(28 * u, true);
  ink.textAlign = "center";
  ink.textBaseline = "middle";
  ink.fillText(text, at[0], at[1] + 2 * u);
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {FrameHeader} frame
 * @param {Side} near
 * @param {Place} place
 * @param {number} u
 */
function drawTrunk(ink, frame, near, place, u) {
  const shoulder = frame.xy_px[SHOULDERS[near]];
  const hip = frame.xy_px[LEGS[near][0]];
  line(ink, present([shoulder, hip]).map(place), { colour: colours.near, width: 6 * u });
  const arm = present(ARMS[near].map((index) => frame.xy_px[index])).map(place);
  ink.globalAlpha = 0.6;
  line(ink, arm, { colour: colours.near, width: 3 * u });
  ink.globalAlpha = 1;
}

/**
 * The toe's path as a smooth line: each point is the mean of three, joined by arcs.
 * @param {CanvasRenderingContext2D} ink
 * @param {{timeS: number, at: [number, number]}[]} path
 * @param {Place} place
 * @param {number} u
 */
function drawPath(ink, path, place, u) {
  const at = smooth(path.map((each) => place(each.at)));
  ink.lineCap = "butt";
  ink.strokeStyle = colours.light;
  ink.lineWidth = 4 * u;
  for (let i = 1; i + 1 < at.length; i += 1) {
    ink.globalAlpha = (0.75 * i) / at.length;
    ink.beginPath();
    ink.moveTo(...midway(at[i - 1], at[i]));
    ink.quadraticCurveTo(...at[i], ...midway(at[i], at[i + 1]));
    ink.stroke();
  }
  ink.globalAlpha = 1;
}

/**
 * Points each moved to the mean of itself and its two neighbours; the ends stay.
 * @param {[number, number][]} points
 */
export function smooth(points) {
  return points.map((point, i) => {
    if (i === 0 || i === points.length - 1) return point;
    const three = points.slice(i - 1, i + 2);
    return /** @type {[number, number]} */ ([0, 1].map((axis) => three.reduce((sum, each) => sum + each[axis], 0) / 3));
  });
}

/** @param {[number, number]} a @param {[number, number]} b @returns {[number, number]} */
const midway = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
