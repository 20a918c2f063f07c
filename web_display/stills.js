// @ts-check
/**
 * The two frozen pictures: the toe line at peak knee bend, the push-off line at toe-off.
 *
 * A still illustrates the verdict in force. A stride that would contradict it is not shown, and
 * without a verdict none is.
 */

import { number, signed, withUnit } from "./format.js";
import { cropRound, movedInside, placing, present } from "./geometry.js";
import { colours, dot, line, prepare } from "./ink.js";
import { LEGS, SHOULDERS } from "./skeleton.js";
import { t } from "./words.js";
import { attribute, write } from "./write.js";

/** @typedef {import("./station_state.js").Band} Band */
/** @typedef {import("./wire.d.ts").StillHeader} StillHeader */
/** @typedef {import("./wire.d.ts").Verdict} Verdict */
/** @typedef {{header: StillHeader, bitmap: ImageBitmap | null}} Taken */
/** @typedef {import("./geometry.js").Place} Place */

const THIGH_SHOWN = 0.4;

/**
 * The zone of a value by the limits.
 * @param {number | null} value
 * @param {Band | null} band
 * @returns {"green" | "amber" | "red" | null}
 */
export function zone(value, band) {
  if (value === null || !band) return null;
  if (value <= band.amber) return "green";
  return value <= band.red ? "amber" : "red";
}

/**
 * Whether a stride's value illustrates a verdict: it lies in the verdict's zone, or in either of the
 * two whose limit the verdict is on.
 * @param {number | null} value
 * @param {Verdict | null} verdict
 * @param {Band | null} band
 */
export function illustrates(value, verdict, band) {
  const its = zone(value, band);
  if (its === null || verdict === null || verdict.state === "unknown") return false;
  return verdict.state === "borderline" ? its !== "red" : its === verdict.state;
}

/**
 * The text next to the picture of a still.
 * @param {StillHeader} still
 * @returns {{value: string, words: string}}
 */
export function stillWords(still) {
  if (still.kind === "toe_off") {
    return { value: withUnit(number(still.value), "°"), words: t("page.knee_bend") };
  }
  const ahead = still.value !== null && Math.round(still.value) > 0;
  const level = still.value !== null && Math.round(still.value) === 0;
  const words = t(level ? "page.knee_over" : ahead ? "page.knee_ahead" : "page.knee_behind");
  return {
    value: withUnit(signed(still.value), " %"),
    words: still.value === null ? t("page.not_measured") : words,
  };
}

/**
 * Hip, knee, ankle, heel and toe in the picture itself: the instant lies up to half a frame beside
 * it. A still from elsewhere has the instant's alone.
 * @param {StillHeader} header
 */
export function legOf(header) {
  const inPicture = header.leg_px ?? [];
  return inPicture.length ? inPicture : LEGS[header.side].map((index) => header.xy_px[index]);
}

/** One still: canvas, number and text. */
export class Still {
  #root;
  #canvas;
  #value;
  #words;
  /** @type {Taken | null} */ #shown = null;
  /** The newest, not shown yet. @type {Taken | null} */ #next = null;
  /** @type {Verdict["state"]} */ #state = "unknown";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
    this.#value = /** @type {HTMLElement} */ (root.querySelector(".value"));
    this.#words = /** @type {HTMLElement} */ (root.querySelector(".words"));
    this.again();
  }

  /** Take the newest still, for the next `obey`. @param {StillHeader} header @param {ImageBitmap | null} bitmap */
  take(header, bitmap) {
    this.#drop();
    this.#next = { header, bitmap };
  }

  #drop() {
    this.#next?.bitmap?.close();
    this.#next = null;
  }

  /**
   * Show the newest still that illustrates this verdict; none without a verdict.
   * @param {Verdict | null} verdict of the near leg, null while the runner is not judged
   * @param {Band | null} band
   */
  obey(verdict, band) {
    const state = verdict?.state ?? "unknown";
    if (state === "unknown") this.#drop();
    const fits = (/** @type {Taken | null} */ taken) => taken !== null && illustrates(taken.header.value, verdict, band);
    const shown = fits(this.#next) ? this.#next : fits(this.#shown) ? this.#shown : null;
    if (shown === this.#shown && state === this.#state) return;
    if (shown !== this.#shown) this.#shown?.bitmap?.close();
    if (shown === this.#next) this.#next = null;
    this.#shown = shown;
    this.#state = state;
    attribute(this.#root, "data-state", shown ? state : "unknown");
    if (shown) this.#canvas.dataset.time = String(shown.header.time_s);
    else delete this.#canvas.dataset.time;
    this.again();
  }

  /** Drop every still: the runner is another. */
  clear() {
    this.obey(null, null);
  }

  /** Redraw after a change of size or language. */
  again() {
    const { value, words } = this.#shown ? stillWords(this.#shown.header) : { value: "", words: t("state.unknown") };
    write(this.#value, value);
    write(this.#words, words);
    this.draw();
  }

  draw() {
    const { ink, width, height, u } = prepare(this.#canvas);
    if (!this.#shown) return;
    const { header, bitmap } = this.#shown;
    const leg = legOf(header);
    const shoulder = header.xy_px[SHOULDERS[header.side]];
    const pushOff = header.kind === "toe_off";
    const points = present(pushOff ? [shoulder, ...leg] : [kneeward(leg[0], leg[1]), ...leg.slice(1)]);
    if (!points.length) return;
    const round = cropRound(points, width / height);
    const crop = bitmap && header.size_px ? movedInside(round, header.size_px) : round;
    const place = placing(crop, { x: 0, y: 0, width, height });
    if (bitmap && header.size_px) {
      const [left, top] = place([0, 0]);
      const [right, bottom] = place(header.size_px);
      ink.drawImage(bitmap, left, top, right - left, bottom - top);
      ink.fillStyle = "rgba(10, 13, 18, 0.25)";
      ink.fillRect(0, 0, width, height);
    }
    // A verdict on the line has no zone, and so no colour.
    const colour = colours[this.#state === "borderline" || this.#state === "unknown" ? "quiet" : this.#state];
    if (pushOff) drawPushOffLine(ink, [leg[2], leg[1], leg[0], shoulder], leg, place, u, colour);
    else drawToeLine(ink, leg, place, height, u, colour);
  }
}

/**
 * The lower part of the thigh is enough to show the knee; more would only shrink the picture.
 * @param {import("./geometry.js").Point | undefined} hip
 * @param {import("./geometry.js").Point | undefined} knee
 * @returns {import("./geometry.js").Point}
 */
function kneeward(hip, knee) {
  if (!hip || !knee) return null;
  return [knee[0] + THIGH_SHOWN * (hip[0] - knee[0]), knee[1] + THIGH_SHOWN * (hip[1] - knee[1])];
}

/**
 * A vertical through the toe tip; the gap to the knee is drawn and filled.
 * @param {CanvasRenderingContext2D} ink
 * @param {(import("./geometry.js").Point | undefined)[]} leg
 * @param {Place} place
 * @param {number} height
 * @param {number} u
 * @param {string} colour
 */
function drawToeLine(ink, leg, place, height, u, colour) {
  const [hip, knee, ankle, heel, toe] = leg.map((p) => (p ? place([p[0], p[1]]) : null));
  if (knee && toe) {
    ink.fillStyle = colour;
    ink.globalAlpha = 0.6;
    ink.fillRect(toe[0], knee[1], knee[0] - toe[0], toe[1] - knee[1]);
    ink.globalAlpha = 1;
    line(ink, [knee, [knee[0], toe[1]]], { colour, width: 3.5 * u });
    line(ink, [[toe[0], 0], [toe[0], height]], { colour: colours.light, width: 3.5 * u, dash: [14 * u, 8 * u] });
  }
  line(ink, present([hip, knee, ankle]), { colour: colours.near, width: 7 * u });
  line(ink, present([ankle, heel, toe, ankle]), { colour: colours.near, width: 5 * u });
  if (knee && toe) {
    line(ink, [knee, [toe[0], knee[1]]], { colour, width: 8 * u });
    dot(ink, toe, 8 * u, colours.light);
    dot(ink, knee, 9 * u, colours.light);
  }
}

/**
 * Ankle, knee, hip and shoulder, over the straight line that they would form at full extension.
 * @param {CanvasRenderingContext2D} ink
 * @param {(import("./geometry.js").Point | undefined)[]} chain ankle, knee, hip, shoulder
 * @param {(import("./geometry.js").Point | undefined)[]} leg
 * @param {Place} place
 * @param {number} u
 * @param {string} colour
 */
function drawPushOffLine(ink, chain, leg, place, u, colour) {
  const at = present(chain).map(place);
  if (at.length === chain.length) {
    ink.fillStyle = colour;
    ink.globalAlpha = 0.55;
    ink.beginPath();
    at.forEach(([x, y], index) => (index ? ink.lineTo(x, y) : ink.moveTo(x, y)));
    ink.fill();
    ink.globalAlpha = 1;
    line(ink, [at[0], at[at.length - 1]], { colour: colours.light, width: 3.5 * u, dash: [14 * u, 8 * u] });
  }
  line(ink, present([leg[2], leg[3], leg[4], leg[2]]).map(place), { colour: colours.near, width: 4 * u });
  line(ink, at, { colour: colours.near, width: 7 * u });
  at.forEach((point, index) => dot(ink, point, (index === 1 ? 10 : 7) * u, colours.light));
}
