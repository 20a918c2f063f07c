// @ts-check
/** Hip, knee and ankle angles over the stride, with the reference bands of healthy runners. */

import { GHOST } from "./compare.js";
import { curvesOf, POINTS } from "./gait_curves.js";
import { paper } from "./ink.js";
import { Plot } from "./plots.js";
import { REFERENCE } from "./reference_curves.js";
import { t } from "./words.js";

/** @typedef {import("./compare.js").Piece} Piece */
/** @typedef {import("./gait_curves.js").Joint} Joint */
/** @typedef {import("./replay.js").Clip} Clip */

/** @type {Joint[]} */
const JOINTS = ["hip", "knee", "ankle"];
const X = Array.from({ length: POINTS }, (_, i) => (100 * i) / (POINTS - 1));

export class CurvePlots {
  #place;
  /** @type {Plot[]} */ #plots = [];
  /** @type {{clip: Clip, pieces: Piece[]} | null} */ #shown = null;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }

  /** @param {Clip} clip @param {Piece[]} pieces A, and B where two are compared */
  show(clip, pieces) {
    this.#shown = { clip, pieces };
    this.#build();
    const curves = pieces.map((piece) => curvesOf(clip, piece));
    JOINTS.forEach((joint, i) => {
      const { mean, sd } = REFERENCE[joint];
      const [high, low] = [mean.map((m, k) => m + sd[k]), mean.map((m, k) => m - sd[k])];
      const lines = [0, 1].map((which) => curves[which]?.[joint] ?? X.map(() => null));
      this.#plots[i].show([X, high, low, ...lines]);
    });
  }

  /** Redraw after a change of language or theme. */
  again() {
    this.#plots.forEach((plot) => plot.end());
    this.#plots = [];
    if (this.#shown) this.show(this.#shown.clip, this.#shown.pieces);
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
