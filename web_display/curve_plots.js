// @ts-check
/** Hip, knee and ankle angles over the stride, with the band of reference runners. */

import { GHOST } from "./compare.js";
import { columns } from "./curve_columns.js";
import { paper } from "./ink.js";
import { Plot } from "./plots.js";
import { untilDead } from "./requests.js";
import { t } from "./words.js";

/** @typedef {import("./wire.d.ts").Curves} Curves */
/** @typedef {import("./curve_columns.js").Joint} Joint */
/** @typedef {import("./curve_columns.js").Reference} Reference */

/** @type {Joint[]} */
const JOINTS = ["hip", "knee", "ankle"];

/** The reference runners at a belt speed; null while the station does not answer. @param {number | null} speedMps @returns {Promise<Reference | null>} */
export async function fetchReference(speedMps) {
  try {
    const reply = await fetch(`/api/reference-curves?speed_mps=${speedMps ?? 0}`, { signal: untilDead() });
    return reply.ok ? await reply.json() : null;
  } catch {
    return null;
  }
}

export class CurvePlots {
  #place;
  /** @type {Plot[]} */ #plots = [];
  /** @type {(Curves | null)[]} */ #curves = [];
  /** @type {{speedMps: number | null, bands: Reference} | null} */ #reference = null;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }

  /** @param {(Curves | null)[]} curves those of A, and of B where two are compared @param {number | null} speedMps */
  async show(curves, speedMps) {
    this.#curves = curves;
    this.#draw();
    if (this.#reference?.speedMps === speedMps) return;
    const bands = await fetchReference(speedMps);
    this.#reference = bands && { speedMps, bands };
    this.#draw();
  }

  /** Drop the strides shown. */
  clear() {
    this.#plots.forEach((plot) => plot.end());
    this.#plots = [];
    this.#curves = [];
  }

  /** Redraw after a change of language or theme. */
  again() {
    if (!this.#plots.length) return;
    this.#plots.forEach((plot) => plot.end());
    this.#plots = [];
    this.#draw();
  }

  #draw() {
    this.#build();
    const bands = this.#reference?.bands ?? null;
    JOINTS.forEach((joint, i) => this.#plots[i].show(columns(joint, this.#curves, bands)));
  }

  #build() {
    if (this.#plots.length) return;
    const band = { colour: "transparent", width: 0 };
    this.#plots = JOINTS.map(
      (joint) =>
        new Plot(this.#place, {
          title: t(/** @type {const} */ ({ hip: "page.curve_hip", knee: "page.curve_knee", ankle: "page.curve_ankle" })[joint]),
          xWords: (x) => `${x} %`,
          lines: [
            { ...band, fill: `color-mix(in srgb, ${paper.quiet} 30%, transparent)` },
            band,
            { colour: paper.near, width: 3 },
            { colour: GHOST, width: 3, dash: [8, 5] },
          ],
        }),
    );
  }
}
