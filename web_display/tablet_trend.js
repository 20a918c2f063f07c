// @ts-check
/** The fourth tab: trend of the near leg over the session, with intervals, marks and cues. */

import { clock } from "./format.js";
import { paper } from "./ink.js";
import { Plot } from "./plots.js";
import { Trend } from "./trend.js";
import { hasWords, metricWords, t } from "./words.js";

/** @typedef {import("./tablet.js").Tools} Tools */
/** @typedef {import("./wire.d.ts").Stride} Stride */

const MOST_CUES = 300;
const CUE_S = 6;
const REDRAW_MS = 1000;

/** @type {{metric: keyof Stride & import("./words.js").Metric, fault?: import("./wire.d.ts").Fault}[]} */
const SHOWN = [
  { metric: "knee_toe_offset_pct", fault: "knees_forward" },
  { metric: "knee_flexion_push_off_deg", fault: "bent_push_off" },
  { metric: "cadence_spm" },
  { metric: "ground_contact_ms" },
];

export class TrendTab {
  #tools;
  #trends = SHOWN.map(() => new Trend());
  /** @type {Plot[]} */ #plots = [];
  /** @type {number[]} */ #cues = [];
  #lastS = -Infinity;
  #drawnMs = -Infinity;

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    tools.press("trend-mark", () => tools.send({ type: "set_mark", kind: "moment" }, "did.mark"));
  }

  /** Add a stride of the near leg; repeats after a reconnection are ignored. @param {Stride} stride */
  add(stride) {
    const endS = stride.end_s ?? Number.NaN;
    // A film that begins again restarts the clock.
    if (endS < this.#lastS - 60) this.forget();
    if (!stride.near || !stride.valid || !(endS > this.#lastS)) return;
    this.#lastS = endS;
    SHOWN.forEach(({ metric }, i) => this.#trends[i].add(endS, stride.recent?.[metric]));
  }

  /** @param {number | null} timeS */
  cue(timeS) {
    if (timeS === null || timeS === this.#cues.at(-1)) return;
    this.#cues = [...this.#cues, timeS].slice(-MOST_CUES);
  }

  /** Drop the previous session's trends and cues. */
  forget() {
    this.#lastS = -Infinity;
    this.#cues = [];
    this.#trends.forEach((trend) => trend.clear());
    this.#plots.forEach((plot) => plot.end());
    this.#plots = [];
    this.#drawnMs = -Infinity;
    this.#tools.part("trend-plots").dataset.count = "";
  }

  /** Number of bins held; lets a test check that a day's session does not fill the tablet. */
  get size() {
    return this.#trends.reduce((sum, trend) => sum + trend.size, 0);
  }

  /** Redraw, at most once a second. */
  show() {
    if (performance.now() - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = performance.now();
    const rows = this.#trends.map((trend) => trend.moments());
    this.#tools.part("trend-plots").dataset.count = String(this.size || "");
    this.#tools.part("trend-none").textContent = rows[0].length ? "" : t("page.trend_none");
    this.#build();
    rows.forEach((row, i) => {
      const times = row.map(({ timeS }) => timeS);
      const ends = (/** @type {"low" | "high" | "mean"} */ end) => row.map(({ estimate }) => estimate[end]);
      this.#plots[i].show([times, ends("high"), ends("low"), ends("mean")]);
    });
  }

  /** Redraw after a change of language or theme. */
  again() {
    this.#plots.forEach((plot) => plot.end());
    this.#plots = [];
    this.#drawnMs = -Infinity;
    this.show();
  }

  #build() {
    if (this.#plots.length) return;
    this.#plots = SHOWN.map(
      ({ metric, fault }) =>
        new Plot(this.#tools.part("trend-plots"), {
          title: metricWords(metric),
          time: true,
          xWords: (x) => clock(x).replace(/\.\d$/, ""),
          under: (plot) => this.#under(plot, fault),
          lines: [
            { colour: "transparent", width: 0, fill: `color-mix(in srgb, ${paper.near} 28%, transparent)` },
            { colour: "transparent", width: 0 },
            { colour: paper.near, width: 3 },
          ],
        }),
    );
  }

  /** Draw cues, limits and marks behind the line. @param {import("./plots.js").Drawn} plot @param {import("./wire.d.ts").Fault} [fault] */
  #under(plot, fault) {
    const { ctx: ink, bbox } = plot;
    const { station } = this.#tools;
    const across = (/** @type {number} */ timeS) => plot.valToPos(timeS, "x", true);
    ink.save();
    ink.beginPath();
    ink.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ink.clip();
    ink.fillStyle = `color-mix(in srgb, ${paper.near} 16%, transparent)`;
    for (const timeS of this.#cues) {
      ink.fillRect(across(timeS), bbox.top, Math.max(3, across(timeS + CUE_S) - across(timeS)), bbox.height);
    }
    const band = fault && station.band(station.near, fault);
    ink.setLineDash([10, 8]);
    ink.lineWidth = 2;
    for (const limit of band ? [band.amber, band.red] : []) {
      const y = plot.valToPos(limit, "y", true);
      ink.strokeStyle = limit === band?.red ? "#d55e00" : "#e69f00";
      ink.beginPath();
      ink.moveTo(bbox.left, y);
      ink.lineTo(bbox.left + bbox.width, y);
      ink.stroke();
    }
    ink.setLineDash([]);
    for (const mark of station.marks) if (mark.time_s !== null) drawFlag(ink, across(mark.time_s), bbox, markWords(mark.kind));
    ink.restore();
  }
}

/** The label of a mark; a kind unknown to the page keeps its name. @param {string} kind */
export function markWords(kind) {
  const key = `mark.${kind}`;
  return hasWords(key) ? t(key) : kind;
}

/** @param {CanvasRenderingContext2D} ink @param {number} x @param {{top: number, height: number}} box @param {string} words */
function drawFlag(ink, x, box, words) {
  ink.strokeStyle = paper.text;
  ink.lineWidth = 2;
  ink.beginPath();
  ink.moveTo(x, box.top);
  ink.lineTo(x, box.top + box.height);
  ink.stroke();
  ink.font = `700 ${14 * (window.devicePixelRatio || 1)}px Arial, sans-serif`;
  ink.textBaseline = "top";
  ink.textAlign = "left";
  const width = ink.measureText(words).width + 12;
  ink.fillStyle = paper.text;
  ink.fillRect(x, box.top, width, 20 * (window.devicePixelRatio || 1));
  ink.fillStyle = paper.panel;
  ink.fillText(words, x + 6, box.top + 3);
}
