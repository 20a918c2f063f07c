// @ts-check
/** The two verdicts, and the table of strides. */

import { clock, DASH, legName, limitDigits, number, signed, verdictWord, withUnit } from "./format.js";
import { along } from "./geometry.js";
import { metricText } from "./metrics.js";
import { SHAPES } from "./shapes.js";
import { reasonWords, t } from "./words.js";
import { attribute, hide, write } from "./write.js";

/** @typedef {import("./station_state.js").Band} Band */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {import("./wire.d.ts").Stride} Stride */
/** @typedef {import("./wire.d.ts").Verdict} Verdict */

/** The columns of the stride table. @type {(keyof Stride)[]} */
const MEASURED = ["knee_toe_offset_pct", "knee_flexion_push_off_deg", "ground_contact_ms"];

/** @param {Element} root @param {string} selector */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return /** @type {HTMLElement} */ (found);
}

/**
 * Write large text, condensed if the font is too wide for its container.
 * @param {HTMLElement} fitted the only child of its container
 * @param {string} text
 * @param {string} [unit]
 */
export function fitText(fitted, text, unit = "") {
  const key = `${text}${unit} ${window.innerWidth}x${window.innerHeight}`;
  // Measuring forces a layout, so only changes are measured.
  if (fitted.dataset.fittedFor === key) return;
  fitted.dataset.fittedFor = key;
  write(find(fitted, ".number"), text);
  const small = fitted.querySelector(".unit");
  if (small) write(small, unit);
  const place = /** @type {HTMLElement} */ (fitted.parentElement);
  fitted.style.transform = `scaleX(${Math.min(1, place.clientWidth / fitted.offsetWidth)})`;
}

/**
 * Write the word next to a heading, condensed if the two would collide.
 * @param {HTMLElement} header holds an h2 and `.word`
 * @param {string} text
 */
export function fitWord(header, text) {
  const word = find(header, ".word");
  const key = `${text} ${window.innerWidth}x${window.innerHeight}`;
  if (word.dataset.fittedFor === key) return;
  word.dataset.fittedFor = key;
  word.textContent = text;
  const room = header.clientWidth - 1.06 * find(header, "h2").offsetWidth;
  word.style.transform = `scaleX(${Math.min(1, room / word.offsetWidth)})`;
}

/** One fault of the near leg: shape, word, number, bar. */
export class FaultPanel {
  #root;
  #signed;
  #unit;
  /** @type {Band | null} */ #band = null;

  /**
   * @param {HTMLElement} root
   * @param {{signed: boolean, unit: string}} how
   */
  constructor(root, how) {
    this.#root = root;
    this.#signed = how.signed;
    this.#unit = how.unit;
  }

  /** Draw the bar's zones if they have changed; null leaves the bar unchanged. @param {Band | null} band */
  setBand(band) {
    if (band === null || band === this.#band) return;
    this.#band = band;
    const amber = along(band.amber, band);
    const red = along(band.red, band);
    this.#zone("green", 0, amber);
    this.#zone("amber", amber, red);
    this.#zone("red", red, 1);
    for (const [name, value] of /** @type {[string, number][]} */ ([["amber", band.amber], ["red", band.red]])) {
      const mark = find(this.#root, `.limit.${name}`);
      mark.textContent = withUnit(this.#number(value, limitDigits(value)), this.#unit);
      mark.style.left = `${100 * along(value, band)}%`;
    }
  }

  /**
   * Show the current verdict.
   * @param {Verdict | null} verdict of the near leg
   * @param {number | null} latest of the near leg's latest stride
   * @param {string | null} mute why there is no verdict now, shown in its place
   */
  show(verdict, latest, mute) {
    const state = mute !== null || verdict === null ? "unknown" : verdict.state;
    const mean = mute === null && verdict ? verdict.mean : null;
    // A single stride's number would pass for a verdict: it is on the bar alone.
    const value = state === "unknown" ? null : mean;
    attribute(this.#root, "data-state", state);
    attribute(this.#root, "data-value", value === null ? "none" : "some");
    attribute(find(this.#root, ".shape use"), "href", `#shape-${SHAPES[state]}`);
    fitWord(find(this.#root, "header"), verdictWord(state));
    fitText(find(this.#root, ".fitted"), this.#number(value), value === null ? "" : this.#unit.trim());
    write(find(this.#root, ".note"), mute ?? note(verdict, mean, latest));
    this.#interval(mute === null && verdict ? verdict.ci95 : [null, null]);
    this.#marker("mean", mean);
    this.#marker("latest", mute === null ? latest : null);
  }

  /** Rewrite the limits after a change of language. */
  again() {
    const band = this.#band;
    this.#band = null;
    this.setBand(band);
  }

  /** @param {number | null} value @param {number} [digits] */
  #number(value, digits = 0) {
    return this.#signed ? signed(value, digits) : number(value, digits);
  }

  /** @param {string} name @param {number} from @param {number} to */
  #zone(name, from, to) {
    const zone = find(this.#root, `.zone.${name}`);
    zone.style.left = `${100 * from}%`;
    zone.style.width = `${100 * (to - from)}%`;
  }

  /** @param {string} name @param {number | null} value */
  #marker(name, value) {
    const marker = find(this.#root, `.marker.${name}`);
    hide(marker, value === null || this.#band === null);
    if (value !== null && this.#band) marker.style.left = `${100 * along(value, this.#band)}%`;
  }

  /** @param {[number | null, number | null]} ends */
  #interval([low, high]) {
    const interval = find(this.#root, ".interval");
    hide(interval, low === null || high === null || this.#band === null);
    if (low === null || high === null || this.#band === null) return;
    const from = along(low, this.#band);
    interval.style.left = `${100 * from}%`;
    interval.style.width = `${100 * (along(high, this.#band) - from)}%`;
  }
}

/**
 * The small print next to the number.
 * @param {Verdict | null} verdict
 * @param {number | null} mean
 * @param {number | null} latest
 */
export function note(verdict, mean, latest) {
  if (verdict && verdict.state !== "green" && verdict.reason) return reasonWords(verdict);
  if (verdict && mean !== null) return t("page.mean_of", { count: verdict.strides });
  return t(latest === null ? "page.no_stride" : "page.more_strides");
}

/**
 * The cells of one stride with their column spans. An invalid stride shows the reason.
 * @param {Stride} stride
 * @returns {[string, number][]}
 */
export function cells(stride) {
  const about = [clock(stride.end_s), legName(stride.side, stride.near)];
  const measured = MEASURED.map((name) => metricText(stride, name));
  const steps = number(stride.cadence_spm);
  /** @type {[string, number][]} */
  const middle = stride.valid ? measured.map((text) => [text, 1]) : [[reasonWords(stride) || DASH, 3]];
  return [[about[0], 1], [about[1], 1], ...middle, [steps, 1]];
}

/** Show the last strides, newest on top. @param {HTMLElement} body @param {Stride[]} strides newest last */
export function fillStrides(body, strides) {
  body.replaceChildren(...[...strides].reverse().map(row));
}

/** @param {Stride} stride */
function row(stride) {
  const line = document.createElement("tr");
  line.className = stride.near ? "near" : "far";
  line.classList.toggle("invalid", !stride.valid);
  for (const [text, columns] of cells(stride)) {
    const cell = document.createElement("td");
    cell.textContent = text;
    cell.colSpan = columns;
    line.append(cell);
  }
  return line;
}
