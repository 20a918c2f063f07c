// @ts-check
/** The phases of both legs as two lanes that scroll with capture time; a block is a stance. */

import { sideLetter } from "./format.js";
import { font, paper, prepare } from "./ink.js";

/** @typedef {import("./wire.d.ts").FrameHeader} FrameHeader */
/** @typedef {import("./wire.d.ts").Phase} Phase */
/** @typedef {import("./wire.d.ts").Side} Side */
/** @typedef {{fromS: number, toS: number}} Block */

export const SPAN_S = 4;

/** Collects the stances of one leg from its phase in each frame. */
export class Lane {
  /** @type {Block[]} */ blocks = [];
  #standing = false;

  /** @param {number} timeS @param {Phase} phase @param {boolean} breaks */
  add(timeS, phase, breaks = false) {
    if (breaks) this.#standing = false;
    const last = this.blocks.at(-1);
    if (last && timeS < last.toS) {
      this.blocks = [];
      this.#standing = false;
    }
    if (phase === "stance") {
      const open = this.#standing ? this.blocks.at(-1) : undefined;
      if (open) open.toS = timeS;
      else this.blocks.push({ fromS: timeS, toS: timeS });
    } else if (this.#standing && this.blocks.length) {
      /** @type {Block} */ (this.blocks.at(-1)).toS = timeS;
    }
    this.#standing = phase === "stance";
    this.blocks = this.blocks.filter((block) => block.toS > timeS - SPAN_S);
  }
}

export class Ribbon {
  /** @type {{left: Lane, right: Lane}} */ #lanes = { left: new Lane(), right: new Lane() };
  /** @type {HTMLCanvasElement} */ #canvas;
  #calm;
  #drawnS = -Infinity;
  /** @type {Side | null} */ #nearSide = null;

  /** @param {HTMLCanvasElement} canvas @param {boolean} calm scroll in steps of a second */
  constructor(canvas, calm) {
    this.#canvas = canvas;
    this.#calm = calm;
  }

  /** @param {FrameHeader} frame */
  add(frame) {
    if (frame.time_s === null) return;
    this.#lanes.left.add(frame.time_s, frame.left_phase, frame.breaks);
    this.#lanes.right.add(frame.time_s, frame.right_phase, frame.breaks);
    if (this.#calm && Math.abs(frame.time_s - this.#drawnS) < 1) return;
    this.#drawnS = frame.time_s;
    this.#nearSide = frame.near_side;
    this.draw();
  }

  /** Drop the stances of the previous runner. */
  clear() {
    this.#lanes = { left: new Lane(), right: new Lane() };
    this.#drawnS = -Infinity;
    prepare(this.#canvas);
  }

  /** Redraw, for example after a change of theme. */
  draw() {
    if (Number.isFinite(this.#drawnS)) this.#draw(this.#drawnS, this.#nearSide);
  }

  /** @param {number} nowS @param {Side | null} nearSide */
  #draw(nowS, nearSide) {
    const { ink, width: full, height: tall, u } = prepare(this.#canvas);
    const label = 58 * u;
    const width = full - 16 * u;
    const lane = (tall - 6 * u) / 2;
    /** @type {Side[]} */
    const sides = nearSide === "left" ? ["left", "right"] : ["right", "left"];
    sides.forEach((side, row) => {
      const near = side === nearSide;
      const middle = 3 * u + lane * (row + 0.5);
      const thick = lane * 0.66;
      ink.fillStyle = near ? paper.near : paper.quiet;
      ink.font = font(30 * u, true);
      ink.textAlign = "center";
      ink.textBaseline = "middle";
      ink.fillText(sideLetter(side), label / 2, middle + u);
      ink.fillRect(label, middle - u, width - label, 2 * u);
      for (const { fromS, toS } of this.#lanes[side].blocks) {
        const x0 = Math.max(label, width - ((nowS - fromS) / SPAN_S) * (width - label));
        const x1 = width - ((nowS - toS) / SPAN_S) * (width - label);
        if (x1 <= label) continue;
        ink.beginPath();
        ink.roundRect(x0, middle - thick / 2, Math.max(x1 - x0, 2 * u), thick, 5 * u);
        if (near) {
          ink.fill();
        } else {
          // An outline also marks the far leg, so that colour is not the only difference.
          ink.fillStyle = paper.panel;
          ink.fill();
          ink.strokeStyle = paper.quiet;
          ink.lineWidth = 2.5 * u;
          ink.stroke();
          ink.fillStyle = paper.quiet;
        }
      }
    });
  }
}
