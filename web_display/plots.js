// @ts-check
/** Plots with bands, drawn by uPlot in the colours of the page. */

import { font, paper } from "./ink.js";
import uPlot from "./vendor/uplot/uPlot.esm.js";

/** @typedef {uPlot} Drawn */
/** @typedef {uPlot.AlignedData} Columns */

/**
 * @typedef {object} PlotLine
 * @property {string} colour
 * @property {number} width
 * @property {number[]} [dash]
 * @property {string} [fill] the fill down to the next line, if this one is the top of a band
 */

/**
 * @typedef {object} PlotHow
 * @property {string} title
 * @property {PlotLine[]} lines
 * @property {(x: number) => string} xWords
 * @property {boolean} [time] x is seconds
 * @property {(plot: uPlot) => void} [under] drawn before the lines
 */

const HEIGHT = 230;

// Whole seconds and minutes; uPlot's default steps would be tenths of a minute.
const TIME_STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800];

/** One plot that follows the width of its container. */
export class Plot {
  #place;
  #how;
  /** @type {uPlot | null} */ #plot = null;
  /** @type {uPlot.AlignedData} */ #data = [[]];
  #watch;

  /** @param {HTMLElement} parent @param {PlotHow} how */
  constructor(parent, how) {
    this.#how = how;
    this.#place = document.createElement("figure");
    this.#place.className = "plot";
    parent.append(this.#place);
    this.#watch = new ResizeObserver(() => this.#fit());
    this.#watch.observe(this.#place);
  }

  /** @param {string} title */
  rename(title) {
    this.#how.title = title;
  }

  /** @param {uPlot.AlignedData} data */
  show(data) {
    this.#data = data;
    if (this.#plot) this.#plot.setData(data);
    else this.again();
  }

  /** Redraw after a change of theme or language. */
  again() {
    this.#plot?.destroy();
    this.#plot = null;
    if (this.#place.clientWidth > 0) this.#plot = new uPlot(this.#options(), this.#data, this.#place);
    this.#place.setAttribute("aria-label", this.#how.title);
    this.#place.setAttribute("role", "img");
  }

  /** Release its browser resources. */
  end() {
    this.#watch.disconnect();
    this.#plot?.destroy();
    this.#place.remove();
  }

  #fit() {
    const width = this.#place.clientWidth;
    if (!this.#plot) this.again();
    else if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }

  /** @returns {uPlot.Options} */
  #options() {
    const { title, lines, xWords, time, under } = this.#how;
    /** @type {uPlot.Axis} */
    const axis = { stroke: paper.quiet, font: font(15), grid: { stroke: paper.rule, width: 1 }, ticks: { show: false } };
    /** @type {uPlot.Band[]} */
    const bands = lines.flatMap((line, i) => (line.fill ? [{ series: /** @type {[number, number]} */ ([i + 1, i + 2]), fill: line.fill }] : []));
    return {
      title,
      width: this.#place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false } },
      axes: [{ ...axis, ...(time ? { incrs: TIME_STEPS_S } : {}), values: (_, marks) => marks.map(xWords) }, { ...axis, size: 48 }],
      series: [
        {},
        ...lines.map(({ colour, width, dash }) => ({ stroke: colour, width, dash, points: { show: false }, spanGaps: false })),
      ],
      bands,
      hooks: under ? { drawAxes: [under] } : {},
    };
  }
}
